"""Whom money goes to, in words, before it is saved and after: rows of (team, tier, model) with exact parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Team
from audits.actions.incident_preview import Target
from audits.views.colours import NO_TIER, tier_colours
from spend.models import Llm, Tier

Sums = Mapping[Target, int]


@dataclass(frozen=True)
class Part:
    """`amount` is what it adds once confirmed, `share` of the whole; `before` and `after` are in the ledger. Nanos."""

    team: str | None
    tier: str | None
    model: str | None
    colour: str
    amount: int
    share: float | None
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Parts:
    """The rows of a preview, the dearest first, and their sums."""

    rows: list[Part]
    amount: int
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


def parts_of(adds: Sums, before: Sums | None = None, after: Sums | None = None) -> Parts:
    """Return what is to go to whom, by names."""
    before, after = before or {}, after or {}
    targets = sorted({*adds, *before, *after}, key=lambda to: (-adds.get(to, 0), -before.get(to, 0), _order(to)))
    names = _Names(targets)
    whole = sum(adds.values())
    rows = [
        Part(
            team=names.teams.get(to.team),
            tier=names.tiers.get(to.tier),
            model=names.llms.get(to.llm),
            colour=names.colours.get(names.tiers.get(to.tier, ""), NO_TIER),
            amount=adds.get(to, 0),
            share=adds.get(to, 0) / whole if whole else None,
            before=before.get(to, 0),
            after=after.get(to, 0),
        )
        for to in targets
    ]
    return Parts(rows, whole, sum(before.values()), sum(after.values()))


class _Names:
    """The names of what targets are by id."""

    def __init__(self, targets: list[Target]) -> None:
        self.teams: Mapping[int | None, str] = dict(
            Team.objects.filter(pk__in={to.team for to in targets if to.team}).values_list("pk", "name")
        )
        self.tiers: Mapping[int | None, str] = dict(Tier.objects.values_list("pk", "name"))
        self.llms: Mapping[int | None, str] = {
            llm.pk: str(llm) for llm in Llm.objects.filter(pk__in={to.llm for to in targets if to.llm})
        }
        self.colours = tier_colours()


def _order(to: Target) -> tuple[int, int, int]:
    return (to.team or 0, to.tier or 0, to.llm or 0)
