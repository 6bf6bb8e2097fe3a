"""The idea in a minute: an insurer moves claims to a cheaper model (DESIGN 3.10). Anybody may read it; nothing on it is
of this installation but the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audits.domain.example import EqualTasks, Move, month_of, move
from audits.domain.intervals import poisson
from audits.domain.lines import Line
from audits.forms.insurer import Numbers
from audits.sample.insurer import CLAIMS, COST_AFTER, COST_BEFORE, LOSS
from audits.views.colours import tier_colours
from spend.domain.money import divide, to_dollars, to_nanos

MOST_MONTHS = 121  # ten years; what takes longer to win back is not drawn to its end
ASKED_AT_FIRST = {"claims": CLAIMS, "wrong": 1, "loss": LOSS}


@require_safe
def insurer(request: HttpRequest) -> HttpResponse:
    form = Numbers(request.GET if request.GET else ASKED_AT_FIRST)
    numbers = form.cleaned_data if form.is_valid() else ASKED_AT_FIRST
    context = {"form": form, "is_original": numbers == ASKED_AT_FIRST, **_figures(**numbers)}
    return render(request, "audits/insurer.html", context, status=200 if form.is_valid() else 400)


def _unseen(claims: int, moved: Move) -> dict[str, Any]:
    """Say what a month without a failure proves: how many may have to be expected all the same."""
    most = poisson(0)[1]
    one_in = round(claims / most)
    bearable = moved.bearable_one_in
    return {
        "most_unseen": most,
        "unseen_one_in": one_in,
        "quiet_month_proves": bearable is not None and one_in >= bearable,
    }


@dataclass(frozen=True)
class Step:
    """A row of the comparison: what it is called, how it is reckoned, and both months."""

    label: str
    formula: str
    kind: str
    before: Any
    after: Any
    is_main: bool = False


def _figures(*, claims: int, wrong: int, loss: Any) -> dict[str, Any]:
    each = to_nanos(loss)
    before = month_of(EqualTasks("frontier", claims, COST_BEFORE))
    after = month_of(EqualTasks("commodity", claims, COST_AFTER, wrong, each))
    moved = move(before, after, loss=each)
    return {
        "before": before,
        "after": after,
        "move": moved,
        "cheaper": 1 - COST_AFTER / COST_BEFORE,
        "steps": _steps(before, after),
        **_unseen(claims, moved),
        "per_claim": divide(moved.saving, claims),
        "loss": each,
        "wrong": wrong,
        "net": moved.saving - moved.failure_cost,
        "bars": _bars(before, after),
        "months": (months := _months(moved)),
        "chart_data": {"bars": _drawn(_bars(before, after)), "months": [float(to_dollars(net)) for net in months]},
    }


def _steps(before: Line, after: Line) -> list[Step]:
    def row(label: str, formula: str, kind: str, name: str, is_main: bool = False) -> Step:
        return Step(label, formula, kind, getattr(before, name), getattr(after, name), is_main)

    return [
        row("Claims", "tasks of the month", "count", "tasks"),
        row("Token bill", "claims x tokens x price", "money2", "token_bill"),
        row(
            "Token cost per claim", "token bill / claims: what a token dashboard shows", "money4", "token_cost_per_task"
        ),
        row("External failure", "losses of confirmed incidents", "money2", "external_failure"),
        row("True cost", "token bill + external failure", "money2", "true_cost"),
        row("Successes", "claims that stayed successful", "count", "successes"),
        row("True cost per success", "true cost / successes", "money4", "true_cost_per_success", is_main=True),
        row("Multiplier", "true cost / token bill", "ratio2", "multiplier"),
    ]


def _bars(before: Line, after: Line) -> list[dict[str, Any]]:
    colours = tier_colours()
    return [
        {
            "label": label,
            "tier": tier,
            "colour": colours.get(tier, fallback),
            "tokens": line.token_cost_per_task,
            "true": line.true_cost_per_success,
        }
        for label, tier, fallback, line in (
            ("Before: frontier", "frontier", "--tier-1", before),
            ("After: commodity", "commodity", "--tier-3", after),
        )
    ]


def _drawn(bars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def dollars(nanos: int | None) -> float | None:
        return None if nanos is None else float(to_dollars(nanos))

    return [{**bar, "tokens": dollars(bar["tokens"]), "true": dollars(bar["true"])} for bar in bars]


def _months(moved: Move) -> list[int]:
    """Return what the move has brought after each month in nanos, the failures being of the first."""
    if moved.saving <= 0:
        return []
    most = min(MOST_MONTHS, max(12, -(-moved.failure_cost // moved.saving) + 1))
    return [month * moved.saving - moved.failure_cost for month in range(most + 1)]
