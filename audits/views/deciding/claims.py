"""Claims against reality: the fail rate that each tier claims beside the one measured, in all and by complexity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope
from audits.actions.deciding.claims import HeldClaims, HeldTier
from audits.domain.decisions.claims import Held
from audits.domain.decisions.fair import UNKNOWN
from audits.exports.deciding.claims import VERDICTS, sentence, sentences
from audits.queries.reports import UNATTRIBUTED
from audits.views.claims import drawn, tries_href
from audits.views.deciding.page import answered
from audits.views.links import Words, words_of

_MOST_DRAWN = 12


@dataclass(frozen=True)
class Line:
    """A row of the table: all tries of a tier, or those of one complexity."""

    tier: str
    complexity: str
    held: Held
    href: str

    @property
    def name(self) -> str:
        return self.complexity or self.tier

    @property
    def label(self) -> str:
        return f"{self.tier}, {self.complexity}" if self.complexity else self.tier

    @property
    def verdict(self) -> str:
        return VERDICTS[self.held.verdict]


@require_safe
@needs_scope("read")
def claims(request: HttpRequest) -> HttpResponse:
    return answered(request, "claims", _shown)


def _shown(found: HeldClaims, asked: Words) -> dict[str, Any]:
    words = words_of(found.asked.query, asked)
    lines = [line for tier in found.tiers for line in _lines(tier, words)]
    return {"lines": lines, "chart_data": _chart_data(lines), "headlines": _headlines(found)}


def _headlines(found: HeldClaims) -> list[str]:
    """Say it of the tiers that claim something; of the others where none does."""
    claiming = [sentence(tier) for tier in found.tiers if tier.whole.claimed is not None]
    return (claiming or sentences(found))[:_MOST_DRAWN]


def _lines(tier: HeldTier, words: Words) -> list[Line]:
    name = tier.tier or UNATTRIBUTED
    href = tries_href(words, name)
    parts = [Line(name, complexity, held, href) for complexity, held in tier.by_complexity.items()]
    return [Line(name, "", tier.whole, href), *parts]


def _chart_data(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return what the script draws: claims by known complexity where that stays readable, else who tried most."""
    shown = [line for line in lines if line.held.claimed is not None and line.complexity != UNKNOWN]
    if not 0 < len(shown) <= _MOST_DRAWN:
        wholes = [line for line in lines if not line.complexity]
        most = sorted(wholes, key=lambda line: -line.held.tries)[:_MOST_DRAWN]
        shown = [line for line in wholes if line in most]
    return drawn((line.label, line.tier, line.held) for line in shown)
