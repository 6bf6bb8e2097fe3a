"""The columns of the report's table: what each shows, how, and which list it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from audits.domain.lines import Line
from audits.queries.reports import TrueCost
from audits.queries.sums import Query
from audits.views.links import Words, link

Only = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Column:
    """`page` and `only` say which list the figure is made of; without a page there is none."""

    name: str
    label: str
    group: str
    kind: str
    help: str
    page: str = ""
    only: Only = field(default_factory=dict)
    interval: str = ""
    value: Callable[[Line], Any] | None = None

    @property
    def is_on_paper(self) -> bool:
        return self.name in _ON_PAPER

    def of(self, line: Line) -> Any:
        return self.value(line) if self.value else getattr(line, self.name)


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any
    href: str
    ends: tuple[Any, Any] | None = None
    incomplete: bool = False


# What a sheet of paper has room for; the files have the rest.
_ON_PAPER = {
    "tasks", "successes", "failures", "token_bill", "true_cost", "labour", "token_cost_per_task",
    "true_cost_per_success", "multiplier", "first_pass_yield", "attempt_fail_rate",
}  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


WORK, BILL, FAILURE, TRUE, YIELDS, WORTH, COVERAGE = (
    "Work", "Token bill", "Cost of quality", "True cost", "Yields", "Worth", "Coverage",
)  # fmt: skip
_SUCCESS = {"state": ["success"]}
_TRIED = {"tried": ["all"]}
OF_ALL_CALLS = {"token_bill", "true_cost", "true_cost_per_success"}  # a lower bound where calls are unpriced
COLUMNS = (
    Column("tasks", "Tasks", WORK, "count", "Units of business work begun in the period", "tasks"),
    Column("successes", "Successes", WORK, "count", "Tasks that stayed successful", "tasks", _SUCCESS),
    Column(
        "counted_successes", "That count", WORK, "count", "Successes by the definition asked for", "tasks", _SUCCESS,
    ),
    Column(
        "presumed", "Presumed", WORK, "count", "Successes nobody reported: the acceptance window passed in silence",
        "tasks", {**_SUCCESS, "decided_by": ["window"]},
    ),
    Column(
        "amended", "Amended", WORK, "count", "Successes after a human change", "tasks",
        {**_SUCCESS, "first_pass": ["no"]},
    ),
    Column("failures", "Failures", WORK, "count", "Tasks that failed", "tasks", {"state": ["failure"]}),
    Column("pending", "Pending", WORK, "count", "Tasks still open: in no yield", "tasks", {"state": ["pending"]}),
    Column("calls", "Calls", BILL, "count", "Requests to models", "calls"),
    Column("token_bill", "Token bill", BILL, "money2", "Cost of priced calls by the day of the call", "calls"),
    Column("bill_difference", "Not of calls", BILL, "money2", "Of the token bill: billed, and of no logged call"),
    Column(
        "wasted_tokens", "Wasted", BILL, "money2", "Cost of failed and escalated attempts", "calls",
        {"wasted": ["yes"]},
    ),
    Column("tasks_touched", "Tasks touched", BILL, "count", "Tasks with a call here in the period", "calls"),
    Column(
        "token_cost_per_task", "Per task", BILL, "money4", "Token bill / tasks touched: what a token dashboard shows",
        "calls",
    ),
    Column(
        "prevention", "Prevention", FAILURE, "money2", "Prompt and evaluation work, guardrails", "entries",
        {"category": ["prevention"]},
    ),
    Column(
        "appraisal", "Appraisal", FAILURE, "money2", "Review and quality audits", "entries",
        {"category": ["appraisal"]},
    ),
    Column(
        "internal_failure", "Internal failure", FAILURE, "money2", "Fixes and redone work, before anyone outside saw",
        "entries", {"category": ["internal_failure"]},
    ),
    Column(
        "external_failure", "External failure", FAILURE, "money2", "Incidents, apologies, support: after it got out",
        "entries", {"category": ["external_failure"]},
    ),
    Column("incidents", "Incidents", FAILURE, "count", "Confirmed", "entries", {"source": ["incident"]}),
    Column(
        "fixed_compute", "Fixed compute", TRUE, "money2", "GPUs, hosting, licences: spread over their days", "entries",
        {"category": ["fixed_compute"]},
    ),
    Column("true_cost", "True cost", TRUE, "money2", "Token bill, fixed compute and cost of quality", "entries"),
    Column("cash", "Cash", TRUE, "money2", "What left the company", "entries", {"nature": ["cash"]}),
    Column("labour", "Labour", TRUE, "money2", "People's time at loaded rates", "entries", {"nature": ["labour"]}),
    Column(
        "allocated", "Allocated", TRUE, "money2", "Not traced to a task: shared by rule", "entries",
        {"traced": ["no"]},
    ),
    Column(
        "pending_cost", "Pending cost", TRUE, "money2", "Cost of pending tasks: not in the cost per success", "entries",
        {"state": ["pending"]},
    ),
    Column(
        "true_cost_per_success", "Per success", TRUE, "money4",
        "(True cost - pending cost) / successes that count; the 95 % interval leaves incidents out", "entries",
        interval="money",
    ),
    Column("multiplier", "Multiplier", TRUE, "ratio", "True cost / (token bill + fixed compute)", "entries"),
    Column(
        "first_pass_yield", "First pass", YIELDS, "percent", "Successful with no human change", "tasks",
        {"first_pass": ["yes"]}, "percent",
    ),
    Column("final_yield", "Final", YIELDS, "percent", "Stayed successful", "tasks", _SUCCESS, "percent"),
    Column("fail_rate", "Fail rate", YIELDS, "percent", "Failed", "tasks", {"state": ["failure"]}, "percent"),
    Column(
        "attempt_fail_rate", "Attempt fail rate", YIELDS, "percent",
        "Failed or escalated, of the tasks in which it tried", "tasks", _TRIED, "percent",
    ),
    Column(
        "manual_cost_per_task", "By hand, per task", WORTH, "money2", "Minutes of the task type x rate of its role",
        "tasks",
    ),
    Column(
        "value_per_success", "Value of a success", WORTH, "money2", "As reported, or of the task type", "tasks",
        _SUCCESS,
    ),
    Column(
        "margin_per_success", "Margin", WORTH, "money2", "Value of a success - true cost of a success", "tasks",
        _SUCCESS,
    ),
    Column(
        "return_on_spend", "Return", WORTH, "ratio", "Value of the successes / true cost", "tasks", _SUCCESS,
    ),
    Column(
        "price_headroom", "Headroom", WORTH, "ratio", "Times that compute could cost before nothing is gained",
        "tasks", _SUCCESS,
    ),
    Column(
        "calls_priced", "Priced", COVERAGE, "percent", "Share of calls with a known cost", "calls",
        {"priced": ["yes"]}, value=lambda line: _share(line.priced_calls, line.calls),
    ),
    Column(
        "tasks_judged", "Judged", COVERAGE, "percent", "Share of tasks with an outcome or verdict", "tasks",
        {"judged": ["yes"]}, value=lambda line: _share(line.judged, line.tasks),
    ),
    Column(
        "presumed_share", "Presumed", COVERAGE, "percent", "Share of successes nobody reported", "tasks",
        {**_SUCCESS, "decided_by": ["window"]}, value=lambda line: _share(line.presumed, line.successes),
    ),
)  # fmt: skip


def columns_of(report: TrueCost) -> list[tuple[str, list[Column]]]:
    """Return the columns by group; what work is worth only where that is known of any row."""
    lines = [report.total, *(row.line for row in report.rows)]
    is_worth_known = any(column.of(line) is not None for column in COLUMNS if column.group == WORTH for line in lines)
    query = report.query
    hidden = {
        *(("counted_successes",) if query.success == "final" else ()),
        *(("bill_difference",) if query.bill == "computed" else ()),
    }
    shown = [column for column in COLUMNS if column.name not in hidden and (column.group != WORTH or is_worth_known)]
    return [(group, list(columns)) for group, columns in groupby(shown, lambda column: column.group)]


def cells(shown: Sequence[tuple[str, Sequence[Column]]], line: Line, words: Words, query: Query) -> list[Cell]:
    return [_cell(column, line, words, query) for _, columns in shown for column in columns]


# The successes that count, as the list of tasks is asked for them.
COUNTED: dict[str, Only] = {
    "final": _SUCCESS,
    "first_pass": {**_SUCCESS, "first_pass": ["yes"]},
    "judged": {**_SUCCESS, "decided_by": ["verdict", "outcome"]},
}
_OF_COUNTED = {"counted_successes", "value_per_success", "margin_per_success", "return_on_spend", "price_headroom"}


def _only(column: Column, query: Query) -> Only:
    return COUNTED[query.success] if column.name in _OF_COUNTED else column.only


def _cell(column: Column, line: Line, words: Words, query: Query) -> Cell:
    value = column.of(line)
    ends = None
    if column.interval:
        ends = getattr(line, f"{column.name}_low"), getattr(line, f"{column.name}_high")
    only = _only(column, query)
    only = {**only, "tries_of": ["model"]} if column.only == _TRIED and "model" in query.named else only
    return Cell(
        column=column,
        value=value,
        href=link(column.page, words, only) if column.page and value is not None else "",
        ends=None if ends is None or None in ends else ends,
        incomplete=column.name in OF_ALL_CALLS and line.incomplete,
    )
