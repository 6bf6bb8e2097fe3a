"""A reconciliation as its pages show it: rows with links, the steps from computed to billed, lines by model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audits.exports.reconciling import CAUSES, provider_name, state_of
from audits.queries.reconciling import ProvidersMonth
from audits.views.chart import dollars
from audits.views.links import link
from spend.domain.reconciling.causes import Causes
from spend.domain.reconciling.months import Reconciliation
from spend.domain.reconciling.records import Cell

_STATES = {
    "no bill": "No bill is imported.",
    "reconciled": "What is missing or unexplained is within the tolerance.",
    "open": "More is missing or unexplained than the tolerance allows: somebody must decide.",
    "decided": "Finance decided what becomes of the difference.",
    "outgrown": "Since the decision more has gone missing than the tolerance allows: somebody must decide again.",
}
_WANTING = {"no bill", "open", "outgrown"}


@dataclass(frozen=True)
class Compared:
    """A provider's month as a row of the list."""

    source: ProvidersMonth

    @property
    def found(self) -> Reconciliation:
        return self.source.found

    @property
    def name(self) -> str:
        return provider_name(self.found.provider)

    @property
    def state(self) -> str:
        return state_of(self.found)

    @property
    def about(self) -> str:
        return _STATES[self.state]

    @property
    def wants(self) -> bool:
        return self.state in _WANTING or self.source.overlaps

    @property
    def href(self) -> str:
        return link("reconciliation", {"provider": [self.found.provider]}, month=str(self.found.month))

    @property
    def beside(self) -> int:
        """What is billed beside the use of tokens."""
        causes = self.found.causes
        return causes.not_tokens + causes.fees + causes.credits + causes.taxes + causes.adjustments


@dataclass(frozen=True)
class Step:
    """A bar from one amount to another; `cause` empty: where it begins and where it ends."""

    label: str
    help: str
    start: int
    end: int
    cause: str = ""

    @property
    def amount(self) -> int:
        return self.end - self.start

    def as_data(self) -> dict[str, Any]:
        kind = "whole" if not self.cause else "more" if self.amount > 0 else "less"
        return {"label": self.label, "from": dollars(self.start), "to": dollars(self.end), "kind": kind}


def steps(found: Reconciliation) -> list[Step]:
    """Return the way from computed to billed, without the causes of which there is nothing; empty without a bill."""
    if found.billed is None:
        return []
    way = [Step("Computed", "Logged calls by our prices, of the days that the bills are of", 0, found.computed)]
    at = found.computed
    for cause, amount in found.causes.amounts().items():
        if amount:
            way.append(Step(*CAUSES[cause], at, at + amount, cause))
            at += amount
    return [*way, Step("Billed", "The bills of the month", 0, found.billed)]


@dataclass(frozen=True)
class ModelLine:
    """Both sides of a model's kind of token; rates in nano-dollars per million tokens, None where nobody knows."""

    cell: Cell
    causes: Causes
    href: str

    @property
    def kind(self) -> str:
        return self.cell.kind.replace("_", " ") or "all"

    @property
    def logged_rate(self) -> int | None:
        return _per_million(self.cell.logged_amount, self.cell.logged_quantity)

    @property
    def billed_rate(self) -> int | None:
        return _per_million(self.cell.billed_amount, self.cell.billed_quantity)

    @property
    def why(self) -> list[tuple[str, int]]:
        return [(CAUSES[cause][0], amount) for cause, amount in self.causes.amounts().items() if amount]


def _per_million(amount: int, quantity: int | None) -> int | None:
    return round(amount * 1_000_000 / quantity) if quantity else None


def model_lines(found: Reconciliation) -> list[tuple[str, list[ModelLine]]]:
    """Return the lines by model, the largest difference first."""
    month = {"from": [str(found.month)], "to": [str(found.month)]}

    def href(model: str, cell: Cell) -> str:
        named = f"{found.provider}/{model}" if found.provider else model
        return link("calls", {**month, "model": [named]}) if model and cell.logged_amount else ""

    by_model = {
        model: [ModelLine(cell, causes, href(model, cell)) for cell, causes in lines]
        for model, lines in found.models.items()
    }
    return sorted(by_model.items(), key=lambda item: -sum(abs(line.cell.difference) for line in item[1]))
