"""What work is worth: cost per success beside its value and doing it by hand, by task type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope
from audits.actions.deciding.value import Valued, Values
from audits.domain.comparing import Withheld
from audits.domain.decisions.value import Against, Worth
from audits.exports.deciding.value import hand_verdict, payback_sentences, reason, sentence, value_verdict
from audits.queries.reports import UNATTRIBUTED
from audits.views.chart import MOST_BARS, dollars
from audits.views.deciding.page import answered
from audits.views.links import Words, link, words_of, words_of_row


@dataclass(frozen=True)
class Line:
    """A row of the table: a task type, or a tier in it."""

    valued: Valued
    href: str
    tasks_href: str

    @property
    def name(self) -> str:
        return (self.valued.tier if "tier" in self.valued.row.names else self.valued.task_type) or UNATTRIBUTED

    @property
    def is_tier(self) -> bool:
        return "tier" in self.valued.row.names

    @property
    def worth(self) -> Worth | None:
        return None if isinstance(self.valued.worth, Withheld) else self.valued.worth

    @property
    def reason(self) -> str:
        return reason(self.valued)

    @property
    def hand(self) -> Against | None:
        return self.worth.by_hand if self.worth else None

    @property
    def value(self) -> Against | None:
        return self.worth.by_value if self.worth else None

    @property
    def ends(self) -> tuple[int, int] | None:
        """From where to where its cost may lie, with what incidents may add."""
        against = self.hand or self.value
        return (against.amount - against.ends[1], against.amount - against.ends[0]) if against else None

    @property
    def hand_verdict(self) -> str:
        return hand_verdict(self.valued)

    @property
    def value_verdict(self) -> str:
        return value_verdict(self.valued)


@require_safe
@needs_scope("read")
def value(request: HttpRequest) -> HttpResponse:
    return answered(request, "value", _shown)


def _shown(found: Values, asked: Words) -> dict[str, Any]:
    words = words_of(found.asked.query, asked)
    wholes = [_line(whole, words) for whole, _ in found.kinds]
    lines = [
        line for whole, tiers in found.kinds for line in (_line(whole, words), *(_line(each, words) for each in tiers))
    ]
    said = [f"{whole.task_type or UNATTRIBUTED}: {sentence(whole)}" for whole, _ in found.kinds]
    known = [text for text, line in zip(said, wholes, strict=True) if line.hand or line.value]
    return {
        "headlines": [*payback_sentences(found), *(known[:3] or said[:1])] or ["Nothing was finished in these months."],
        "investment": "" if found.asked.own.get("investment") is None else found.asked.own["investment"],
        "lines": lines,
        "saw_incidents": found.severity is not None,
        "chart_data": {"rows": _chart_rows([line for line in wholes if line.worth])},
    }


def _line(valued: Valued, words: Words) -> Line:
    of_row = words_of_row(words, valued.row.names)
    return Line(valued, link("report", of_row), link("tasks", of_row | {"state": ["success"]}))


def _chart_rows(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return what the script draws, in dollars: the task types that cost most."""
    return [
        {
            "label": line.name,
            "cost": dollars(line.valued.row.line.true_cost_per_success),
            "low": dollars(line.ends[0] if line.ends else None),
            "high": dollars(line.ends[1] if line.ends else None),
            "hand": dollars(line.hand.amount) if line.hand else None,
            "value": dollars(line.value.amount) if line.value else None,
        }
        for line in lines[:MOST_BARS]
    ]
