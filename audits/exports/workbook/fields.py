"""The columns of a view as formulas: what each is, and how a spreadsheet computes it again.

In a formula `{name}` is the cell of another column of the row, `[table.column]` the sum of a column of the sheets of
sums over what the row is about. A column without formula holds what cannot be added up, or not within the 15 digits
of a spreadsheet: distinct tasks and incidents, latencies, and the interval of the cost of a success.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audits.domain.lines import Line
from audits.exports.bars import LABELS
from audits.queries.parts import PARTS, Parts
from audits.queries.sums import CATEGORIES
from spend.domain.money import divide

Z = "1.959963984540054"


@dataclass(frozen=True)
class Field:
    """`adds`: subtotals and the total are the sum of the rows. `value` is what the formula gives, money in nanos."""

    name: str
    label: str
    group: str
    kind: str
    formula: str = ""
    adds: bool = False
    value: Callable[[Line, Parts], Any] | None = None

    def of(self, line: Line, parts: Parts) -> Any:
        return self.value(line, parts) if self.value else getattr(line, self.name)


def _sum(name: str, label: str, group: str, kind: str, source: str) -> Field:
    return Field(name, label, group, kind, f"[{source}]", adds=True)


def _each(top: str, below: str, unknown: str = "") -> str:
    """Money for each: no value where there is nothing to divide by, nor where `unknown` holds."""
    nothing = f"OR({unknown},{below}=0)" if unknown else f"{below}=0"
    return f'IF({nothing},"",ROUND(({top})/{below},9))'


def share(part: str, whole: str) -> str:
    return f'IF({whole}=0,"",{part}/{whole})'


def wilson(part: str, whole: str, sign: str) -> str:
    """The end of Wilson's interval, as audits/domain/intervals.py has it."""
    p, sure, end = f"({part}/{whole})", "0" if sign == "-" else whole, "0" if sign == "-" else "1"
    reach = f"{Z}*SQRT({p}*(1-{p})/{whole}+{Z}^2/(4*{whole}^2))"
    return f'IF({whole}=0,"",IF({part}={sure},{end},({p}+{Z}^2/(2*{whole}){sign}{reach})/(1+{Z}^2/{whole})))'


def _rate(name: str, label: str, part: str, whole: str) -> list[Field]:
    return [
        Field(name, label, "Yields", "percent", share(part, whole)),
        Field(f"{name}_low", "from", "Yields", "percent", wilson(part, whole, "-")),
        Field(f"{name}_high", "to", "Yields", "percent", wilson(part, whole, "+")),
    ]


def _poisson(sign: str) -> str:
    """The exact end of the number of incidents per 10,000 tasks."""
    if sign == "-":
        end = "IF({incidents}=0,0,GAMMAINV(0.025,MAX({incidents},1),1))"
    else:
        end = "GAMMAINV(0.975,{incidents}+1,1)"
    return f'IF({{tasks}}=0,"",{end}*10000/{{tasks}})'


def _missed(line: Line, _: Parts) -> int:
    """Failed or escalated tries: a line has their share, of a whole number of attempts."""
    return round((line.attempt_fail_rate or 0) * line.attempts)


def _ratio_of(part: str, whole: str) -> Callable[[Line, Parts], float | None]:
    def found(line: Line, _: Parts) -> float | None:
        return getattr(line, part) / getattr(line, whole) if getattr(line, whole) else None

    return found


def _each_of(nanos: int, count: int) -> int | None:
    return divide(nanos, count) if count else None


def _part_of_success(name: str) -> Field:
    paid = "N({token_bill})-[calls.pending_cost]" if name == "token_bill" else f"{{{name}}}-[ledger.{name}_pending]"
    return Field(
        f"success_{name}", LABELS[name], "Of the cost of a success", "money4", _each(paid, "{counted_successes}"),
        value=lambda line, parts: _each_of(parts[name], line.counted_successes) if parts else None,
    )  # fmt: skip


def _middle(line: Line, _: Parts) -> int | None:
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    return None if low is None or high is None else divide(low + high, 2)


_UNPRICED = "AND({calls}>0,{priced_calls}=0)"
_COMPUTE = "(N({token_bill})+{fixed_compute})"
_PENDING = "+".join(["[calls.pending_cost]", *(f"[ledger.{name}_pending]" for name in CATEGORIES)])
_VALUED = "[tasks.valued]<>{counted_successes}"
_NO_VALUE = f'OR({_VALUED},{{token_bill}}="",{_COMPUTE}=0)'


def fields_of(lens: str) -> list[Field]:
    """Return the columns of a view; in the route lens calls are told by the task, not by the task touched."""
    touched = "{tasks}" if lens == "route" else "{tasks_touched}"
    bill = [
        _sum("calls", "Calls", "Token bill", "count", "calls.calls"),
        _sum("priced_calls", "Priced calls", "Token bill", "count", "calls.priced_calls"),
        *(
            _sum(name, name.replace("_", " ").capitalize(), "Token bill", "count", f"calls.{name}")
            for name in ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
        ),
        Field("token_bill", "Token bill", "Token bill", "money2", f'IF({_UNPRICED},"",[calls.cost])'),
        _sum("bill_difference", "Not of calls", "Token bill", "money2", "calls.bill_difference"),
        _sum("wasted_tokens", "Wasted", "Token bill", "money2", "calls.wasted"),
        Field("tasks_touched", "Tasks touched", "Token bill", "count"),
        Field("token_cost_per_task", "Per task", "Token bill", "money4",
              _each("{token_bill}", touched, '{token_bill}=""')),
        Field("calls_per_task", "Calls per task", "Token bill", "number", share("{calls}", touched)),
        Field("input_tokens_per_task", "Input tokens per task", "Token bill", "number",
              share("{input_tokens}", touched)),
        Field("latency_p50_ms", "Latency p50, ms", "Token bill", "count"),
        Field("latency_p95_ms", "Latency p95, ms", "Token bill", "count"),
    ]  # fmt: skip
    return [*_WORK, *bill, *_COSTS, *_YIELDS, *_WORTH, *_COVERAGE, *map(_part_of_success, PARTS), *_INTERVAL]


_WORK = [
    _sum("tasks", "Tasks", "Work", "count", "tasks.tasks"),
    _sum("successes", "Successes", "Work", "count", "tasks.successes"),
    _sum("counted_successes", "Successes that count", "Work", "count", "tasks.counted"),
    _sum("presumed", "Presumed", "Work", "count", "tasks.presumed"),
    _sum("amended", "Amended", "Work", "count", "tasks.amended"),
    _sum("failures", "Failures", "Work", "count", "tasks.failures"),
    _sum("pending", "Pending", "Work", "count", "tasks.pending"),
    _sum("first_pass", "First pass", "Work", "count", "tasks.first_pass"),
    _sum("judged", "Judged", "Work", "count", "tasks.judged"),
    Field("attempts", "Tasks tried", "Work", "count", adds=True),
    Field("escalated", "Escalated", "Work", "count", adds=True),
    Field("missed", "Failed or escalated", "Work", "count", adds=True, value=_missed),
]

_COSTS = [
    *(
        _sum(name, LABELS[name], "Cost of quality", "money2", f"ledger.{name}")
        for name in CATEGORIES
        if name != "fixed_compute"
    ),
    Field("incidents", "Incidents", "Cost of quality", "count"),
    _sum("incident_cost", "Incident cost", "Cost of quality", "money2", "ledger.incident_cost"),
    Field("incidents_per_10k_tasks_low", "Incidents per 10,000 tasks, from", "Cost of quality", "number",
          _poisson("-")),
    Field("incidents_per_10k_tasks_high", "to", "Cost of quality", "number", _poisson("+")),
    _sum("fixed_compute", "Fixed compute", "True cost", "money2", "ledger.fixed_compute"),
    Field("true_cost", "True cost", "True cost", "money2",
          f"{_COMPUTE}+{{prevention}}+{{appraisal}}+{{internal_failure}}+{{external_failure}}"),
    Field("labour", "Labour", "True cost", "money2", "+".join(f"[ledger.{name}_labour]" for name in CATEGORIES)),
    Field("cash", "Cash", "True cost", "money2", "{true_cost}-{labour}"),
    _sum("allocated", "Allocated", "True cost", "money2", "ledger.allocated"),
    Field("pending_cost", "Pending cost", "True cost", "money2", _PENDING),
    Field("true_cost_per_success", "Per success", "True cost", "money4",
          _each("{true_cost}-{pending_cost}", "{counted_successes}")),
    Field("true_cost_per_success_low", "95 % interval without incidents, from", "True cost", "money4"),
    Field("true_cost_per_success_high", "to", "True cost", "money4"),
    Field("multiplier", "Multiplier", "True cost", "ratio",
          f'IF(OR({{token_bill}}="",{_COMPUTE}=0),"",{{true_cost}}/{_COMPUTE})'),
]  # fmt: skip
_DECIDED = "({successes}+{failures})"
_YIELDS = [
    *_rate("first_pass_yield", "First-pass yield", "{first_pass}", _DECIDED),
    *_rate("final_yield", "Final yield", "{successes}", _DECIDED),
    *_rate("fail_rate", "Fail rate", "{failures}", _DECIDED),
    *_rate("attempt_fail_rate", "Attempt fail rate", "{missed}", "{attempts}"),
]
_WORTH = [
    Field("manual_cost_per_task", "By hand, per task", "Worth", "money2",
          _each("[tasks.manual]", "{tasks}", "[tasks.with_manual]<>{tasks}")),
    Field("value_per_success", "Value of a success", "Worth", "money2",
          _each("[tasks.value]", "{counted_successes}", _VALUED)),
    Field("margin_per_success", "Margin", "Worth", "money2",
          'IF(OR({value_per_success}="",{true_cost_per_success}=""),"",{value_per_success}-{true_cost_per_success})'),
    Field("return_on_spend", "Return", "Worth", "ratio",
          f'IF(OR({_VALUED},{{true_cost}}=0),"",[tasks.value]/{{true_cost}})'),
    Field("price_headroom", "Headroom", "Worth", "ratio",
          f'IF({_NO_VALUE},"",([tasks.value]-({{true_cost}}-{_COMPUTE}))/{_COMPUTE})'),
]  # fmt: skip
_COVERAGE = [
    Field("calls_priced", "Calls priced", "Coverage", "percent", share("{priced_calls}", "{calls}"),
          value=_ratio_of("priced_calls", "calls")),
    Field("tasks_judged", "Tasks judged", "Coverage", "percent", share("{judged}", "{tasks}"),
          value=_ratio_of("judged", "tasks")),
    Field("presumed_share", "Successes presumed", "Coverage", "percent", share("{presumed}", "{successes}"),
          value=_ratio_of("presumed", "successes")),
]  # fmt: skip
_INTERVAL = [
    Field("interval_middle", "Middle of the 95 % interval", "For the chart", "money4", value=_middle),
    Field("interval_reach", "Its reach", "For the chart", "money4",
          value=lambda line, parts: None if (middle := _middle(line, parts)) is None
          else (line.true_cost_per_success_high or 0) - middle),
]  # fmt: skip
