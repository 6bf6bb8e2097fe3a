"""The mapping by which what a key sends is read, and the profile by which an export of people's work is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
from django.db.models import Q

from spend.ingest.mapping import Mapping, SourceKind, default_of
from spend.ingest.people.profile import PROFILE_KINDS, Profile, ProfileKind, default_profile
from spend.models import SourceMapping
from spend.queries.book import book

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
    held = {row.team_id: row.rules for row in rows}
    rules = held.get(team) or held.get(None)
    return default_profile(kind) if rules is None else msgspec.convert(rules, Profile)


@dataclass(frozen=True)
class Stored:
    """The rules of a kind of source for a team, or for all: as somebody stored them, else what holds without."""

    rules: Rules
    row: SourceMapping | None


def stored_for(kind: str, team: int | None) -> Stored | None:
    """Return what an edit of the rules begins with; None where there is no such kind."""
    if kind not in (*CALL_KINDS, *PROFILE_KINDS):
        return None
    row = SourceMapping.objects.filter(kind=kind, team=team).first()
    if row is not None:
        return Stored(msgspec.convert(row.rules, type(_without(kind, None))), row)
    return Stored(_without(kind, team), None)


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
