"""The mapping by which what a key sends is read, and the profile by which an export of people's work is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import Q

from spend.ingest.mapping import Mapping, SourceKind, default_of
from spend.ingest.people.profile import PROFILE_KINDS, Profile, ProfileKind, default_profile
from spend.models import SourceMapping
from spend.queries.book import book
from spend.queries.stored_rules import rules_in

CallKind = Literal["otlp", "langfuse", "litellm"]
CALL_KINDS: tuple[CallKind, ...] = ("otlp", "langfuse", "litellm")
Rules = Mapping | Profile


def mapping_of(kind: SourceKind, reach: frozenset[int] | None) -> Mapping:
    """Return it for who writes for the teams in `reach`, or with None for all."""
    return book().mapping_of(kind, _only(reach))


def profile_of(kind: ProfileKind, reach: frozenset[int] | None) -> Profile:
    """Return it for who writes for the teams in `reach`, or with None for all."""
    team = _only(reach)
    rows = SourceMapping.objects.filter(Q(team=None) | Q(team=team), kind=kind)
    held = {row.team_id: rules_in(row, Profile) for row in rows}
    return held.get(team) or held.get(None) or default_profile(kind)


@dataclass(frozen=True)
class Stored:
    """The rules of a kind of source for a team, or for all: as somebody stored them, else what holds without.

    `is_unread`: they are stored such that this version cannot read them, and what holds without them does.
    """

    rules: Rules
    row: SourceMapping | None
    is_unread: bool = False


def stored_for(kind: str, team: int | None) -> Stored | None:
    """Return what an edit of the rules begins with; None where there is no such kind."""
    if kind not in (*CALL_KINDS, *PROFILE_KINDS):
        return None
    row = SourceMapping.objects.filter(kind=kind, team=team).first()
    without = _without(kind, team)
    rules = rules_in(row, type(without)) if row is not None else None
    return Stored(rules or without, row, is_unread=row is not None and rules is None)


def is_unread(row: SourceMapping) -> bool:
    """Whether it cannot be read any more, so that what holds without it does."""
    return rules_in(row, Profile if row.kind in PROFILE_KINDS else Mapping) is None


def _without(kind: str, team: int | None) -> Rules:
    """Return what holds for a team that has no rules of its own."""
    for profile in PROFILE_KINDS:
        if profile == kind:
            return profile_of(profile, None) if team is not None else default_profile(profile)
    for call in CALL_KINDS:
        if call == kind:
            return mapping_of(call, None) if team is not None else default_of(call)
    raise ValueError(f"no kind of source: {kind}")


def _only(reach: frozenset[int] | None) -> int | None:
    return next(iter(reach)) if reach is not None and len(reach) == 1 else None
