"""What lists add up to, from the monthly rows that reports read: the time it takes does not grow with calls.

Each function returns None where monthly rows cannot tell, because a word asks for what they are not kept by; then the
rows of the list themselves are added up. Of a sum that monthly rows do not keep (the number of wasted calls, say) the
value is None. A test holds both ways together.
"""

from __future__ import annotations

from collections.abc import Mapping

from audits.queries import sums
from audits.queries.lists import reading
from audits.queries.lists.asking import Listing
from audits.queries.lists.reading import MOST_ADDED, Sums, Where

Words = frozenset[tuple[str, str]]
Columns = Mapping[str, str]

_SUCCESS, _FAILURE, _PENDING = ("state", "success"), ("state", "failure"), ("state", "pending")
_CALLS: dict[Words, Columns] = {
    frozenset(): {"calls": "sum(calls)", "priced_calls": "sum(priced_calls)", "cost_nanos": "sum(cost)"},
    frozenset({("priced", "yes")}): {
        "calls": "sum(priced_calls)", "priced_calls": "sum(priced_calls)", "cost_nanos": "sum(cost)",
    },
    frozenset({("priced", "no")}): {
        "calls": "sum(calls - priced_calls)", "priced_calls": "0", "cost_nanos": "0",
    },
    frozenset({("wasted", "yes")}): {"cost_nanos": "sum(wasted)"},
    frozenset({_PENDING}): {"cost_nanos": "sum(pending_cost)"},
}  # fmt: skip
_TASKS: dict[Words, Columns] = {
    frozenset(): {
        "tasks": "sum(tasks)",
        "success": "sum(successes)",
        "failure": "sum(failures)",
        "pending": "sum(pending)",
    },
    **{
        words: {"tasks": f"sum({column})", "success": f"sum({column})", "failure": "0", "pending": "0"}
        for words, column in {
            frozenset({_SUCCESS}): "successes",
            frozenset({_SUCCESS, ("decided_by", "window")}): "presumed",
            frozenset({_SUCCESS, ("first_pass", "no")}): "amended",
            frozenset({_SUCCESS, ("first_pass", "yes")}): "first_pass",
            frozenset({("first_pass", "yes")}): "first_pass",
        }.items()
    },
    frozenset({_FAILURE}): {"tasks": "sum(failures)", "success": "0", "failure": "sum(failures)", "pending": "0"},
    frozenset({_PENDING}): {"tasks": "sum(pending)", "success": "0", "failure": "0", "pending": "sum(pending)"},
    frozenset({("judged", "yes")}): {"tasks": "sum(judged)"},
    frozenset({("judged", "no")}): {"tasks": "sum(tasks - judged)"},
}  # fmt: skip
_TRIES = {"all": "attempts", "escalated": "escalated", "failed": "failed"}
_NAMES = {
    "calls": ("calls", "priced_calls", "tasks", "cost_nanos"),
    "tasks": ("tasks", "success", "failure", "pending"),
}


def sums_of_calls(listing: Listing) -> Sums | None:
    """Calls, those priced, their tasks and their cost."""
    words = _words(listing, besides=("counted", "other_months"))
    if words not in _CALLS or listing.task_key or listing.source or listing.only.get("counted", ("yes",)) != ("yes",):
        return None
    where = reading.asked(listing, _dimensions(listing), "month")
    outside = listing.only.get("other_months")
    if listing.period:
        reading.yes_no(where, listing, {"other_months": "(task_month < %(first)s OR task_month >= %(end)s)"})
    found = _added("calls", "audits_monthlycalls", _CALLS[words], where)
    return found if words or outside else found | {"tasks": _touched(listing)}


def sums_of_tasks(listing: Listing) -> Sums | None:
    """Tasks by state."""
    words = _words(listing)
    if words not in _TASKS or listing.task_key or listing.source:
        return None
    where = reading.asked(listing, _dimensions(listing), "task_month")
    return _added("tasks", "audits_monthlytasks", _TASKS[words], where)


def tries(listing: Listing, *, how: str, level: str) -> int | None:
    """How many tries there are of a level, tier or model; None where a further word asks for some of them."""
    if _words(listing, besides=("tried", "tries_of")) or listing.task_key or listing.source:
        return None
    where = reading.asked(listing, _dimensions(listing), "month")
    where.add(f"level = '{'llm' if level == 'model' else 'tier'}'")
    sql = f"SELECT COALESCE(sum({_TRIES[how]}), 0) AS tries FROM audits_monthlyunits WHERE {where}"
    return reading.whole_sums(sql, where.params)["tries"]


def amount_of_entries(listing: Listing) -> int | None:
    """What entries add up to, in nanos."""
    kept = {"category": "category", "source": "source_kind", "nature": "nature"}
    words = _words(listing, besides=(*kept, "traced"))
    if words not in (frozenset(), frozenset({_PENDING})) or listing.task_key or listing.source:
        return None
    when = "posting_month" if listing.basis == "reported" else "task_month"
    where = reading.asked(listing, {**sums.entry_dimensions_of(listing.lens), "route": "route"}, when)
    reading.said(where, listing, kept)
    reading.yes_no(where, listing, {"traced": "traced"})
    column = "pending" if words else "amount"
    sql = f"SELECT COALESCE(sum({column}), 0) AS amount_nanos FROM audits_monthlyentries WHERE {where}"
    return reading.whole_sums(sql, where.params)["amount_nanos"]


def are_too_many(listing: Listing) -> bool:
    """Whether the calls in which a list looks for its rows are more than are added up one by one."""
    where = reading.asked(listing, _dimensions(listing), "month")
    sql = f"SELECT COALESCE(sum(calls), 0) AS calls FROM audits_monthlycalls WHERE {where}"
    return reading.whole_sums(sql, where.params)["calls"] > MOST_ADDED


def _dimensions(listing: Listing) -> dict[str, str]:
    """As lists spell a route: empty without attempts."""
    return {**sums.dimensions_of(listing.lens), "route": "route"}


def _words(listing: Listing, besides: tuple[str, ...] = ()) -> Words:
    return frozenset((word, value) for word, values in listing.only.items() if word not in besides for value in values)


def _added(kind: str, table: str, columns: Columns, where: Where) -> Sums:
    chosen = ", ".join(f"COALESCE({sql}, 0) AS {name}" for name, sql in columns.items())
    return {
        **dict.fromkeys(_NAMES[kind]),
        **reading.whole_sums(f"SELECT {chosen} FROM {table} WHERE {where}", where.params),
    }


def _touched(listing: Listing) -> int:
    """Distinct tasks with a call: each counted in the first month of the period in which it has one."""
    level = "task"
    if listing.lens == "responsible":
        level = "llm" if "model" in listing.filters else "tier" if "tier" in listing.filters else "task"
    where = reading.asked(listing, _dimensions(listing), "month")
    where.add(f"level = '{level}'")
    where.add("previous_month IS NULL" + (" OR previous_month < %(first)s" if listing.period else ""))
    where.parts[-1] = f"({where.parts[-1]})"
    sql = f"SELECT COALESCE(sum(touched), 0) AS tasks FROM audits_monthlyunits WHERE {where}"
    return reading.whole_sums(sql, where.params)["tasks"]
