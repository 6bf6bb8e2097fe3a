"""What moved of a closed month since, from facts: calls, ledger entries, states of tasks. Rows of reports say how much.

Whether a call or an entry came after the close is read from itself, never from the difference it is to explain; what
is left over shows (`audits.domain.bridge`), and `verify` complains of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from audits.domain.bridge import (
    EARLIER,
    LATE_CALLS,
    LATE_TASKS,
    MONEY,
    REPEATED,
    REPRICED,
    STATUS,
    Bridge,
    Measures,
    Movement,
    bridge,
)
from audits.models import Close
from audits.queries import moved_bills, moved_sources
from audits.queries.connectors import label_of_source
from audits.queries.lists.judged import JUDGED
from audits.queries.reports import one_moment
from spend.domain.money import to_text
from spend.domain.periods import Month, Period, start_of
from spend.models import Llm, Source
from spend.queries.zone import reporting_zone
from spend.store import raw_cursor


def bridge_of(close: Close, month: Month, *, reader: int | None = None) -> Bridge:
    """Return the bridge of a month that `close`, which is in force, covers. Bring the rows up to date first."""
    zone = reporting_zone()
    asked = {
        "close": close.pk, "closed_at": close.closed_at, "first": month.first_day, "end": month.end_day,
        "begin_at": start_of(month.first_day, zone), "end_at": start_of(month.end_day, zone),
    }  # fmt: skip
    with one_moment():
        reported, earlier, restated = (_measures(sql, asked) for sql in (_REPORTED, _EARLIER, _RESTATED))
        movements = [
            *_late_calls(asked),
            *_late_tasks(asked),
            *_changed_calls(asked),
            *moved_sources.movements(close, month, reader=reader),
        ]
        if close.basis == "billed":
            billed, of_earlier, restated_bills = moved_bills.amounts(month)
            moved = restated_bills - (billed - of_earlier)
            movements += [*moved_bills.movement(close, month, moved, reader=reader)]
            reported, earlier, restated = reported + billed, earlier + of_earlier, restated + restated_bills
        movements += _earlier(earlier, asked)
        movements += _status(reported - earlier, restated, movements)
    return bridge(reported=reported, restated=restated, movements=movements)


def unexplained(today: date) -> Iterator[str]:
    """Yield a sentence for each closed month of which facts do not account for all that moved."""
    for close in Close.objects.filter(state=Close.CLOSED).order_by("month"):
        for month in Period(Month.of(close.first_month), Month.of(close.month)).months():
            rest = bridge_of(close, month).unexplained
            if rest:
                yield (
                    f"of what moved in {month} since it was closed, {to_text(rest.true_cost)} in {rest.calls} calls"
                    f" and {rest.tasks} tasks is nobody's"
                )


_CALLS = ("calls", "priced_calls", "cost")
_TASKS = ("tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged")


def _sums(prefix: str, where_calls: str, where_tasks: str, where_entries: str) -> str:
    """A statement that adds up all measures of monthly rows, or of the views that say what was reported."""
    calls = f"SELECT {', '.join(f'sum({name}) AS {name}' for name in _CALLS)} FROM audits_{prefix}calls"
    tasks = f"SELECT {', '.join(f'sum({name}) AS {name}' for name in _TASKS)} FROM audits_{prefix}tasks"
    costs = ", ".join(f"sum(amount) FILTER (WHERE category = '{name}') AS {name}" for name in MONEY[1:])
    return (
        f"SELECT c.cost AS token_bill, c.calls, c.priced_calls, t.*, e.* FROM ({calls} WHERE {where_calls}) c"
        f" CROSS JOIN ({tasks} WHERE {where_tasks}) t"
        f" CROSS JOIN (SELECT {costs} FROM audits_{prefix}entries WHERE {where_entries}) e"
    )


_POSTED = "period = %(first)s"
_REPORTED = _sums("reported", _POSTED, _POSTED, _POSTED)
_EARLIER = _sums(
    "reported",
    f"{_POSTED} AND month < %(first)s",
    f"{_POSTED} AND task_month < %(first)s",
    f"{_POSTED} AND task_month < %(first)s",
)
_RESTATED = _sums("monthly", "month = %(first)s", "task_month = %(first)s", "task_month = %(first)s")


def _measures(sql: str, asked: dict[str, Any]) -> Measures:
    [row] = _rows(sql, asked)
    return Measures.of({name: value or 0 for name, value in row.items()})


def _rows(sql: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    with raw_cursor() as cursor:
        cursor.execute(sql, asked)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _earlier(moved: Measures, asked: dict[str, Any]) -> Iterator[Movement]:
    """What was booked in the month for months that were closed before it: reported here, restated where it belongs."""
    if not moved:
        return
    [row] = _rows(_EARLIER_MONTHS, asked)
    yield Movement(EARLIER, -moved, row["months"])


_EARLIER_MONTHS = """
SELECT count(DISTINCT month) AS months FROM (
    SELECT month FROM audits_reportedcalls WHERE period = %(first)s AND month < %(first)s UNION
    SELECT task_month FROM audits_reportedtasks WHERE period = %(first)s AND task_month < %(first)s UNION
    SELECT task_month FROM audits_reportedentries WHERE period = %(first)s AND task_month < %(first)s UNION
    SELECT month FROM audits_reportedbills WHERE period = %(first)s AND month < %(first)s
) AS earlier
"""


def _late_calls(asked: dict[str, Any]) -> Iterator[Movement]:
    rows = _rows(_LATE_CALLS, asked)
    sources = Source.objects.select_related("team").in_bulk([row["source_id"] for row in rows if row["source_id"]])
    for row in rows:
        source = sources.get(row["source_id"])
        name = f"{label_of_source(source)}, {source.team}" if source else "unknown source"
        moved = Measures(token_bill=int(row["cost"] or 0), calls=row["calls"], priced_calls=row["priced"])
        yield Movement(
            LATE_CALLS, moved, row["calls"], row["first_at"], row["last_at"], (name,), str(row["source_id"] or ""), name
        )


# Teams are named for the index, which has team and instant.
_LATE = (
    "c.counted AND c.team_id = ANY(ARRAY(SELECT id FROM accounts_team)) AND c.occurred_at >= %(begin_at)s"
    " AND c.occurred_at < %(end_at)s AND c.received_at > %(closed_at)s"
)
_LATE_CALLS = (
    "SELECT c.source_id, count(*) AS calls, count(c.cost_nanos) AS priced, sum(c.cost_nanos) AS cost,"
    f" min(c.received_at) AS first_at, max(c.received_at) AS last_at FROM spend_call c WHERE {_LATE} GROUP BY 1"
)


def _late_tasks(asked: dict[str, Any]) -> Iterator[Movement]:
    """Tasks of which no call had come when the month was closed."""
    [row] = _rows(_LATE_TASKS, asked)
    if row["tasks"]:
        yield Movement(LATE_TASKS, Measures.of(row), row["tasks"])


_LATE_TASKS = f"""
SELECT count(*) AS tasks, count(*) FILTER (WHERE s.state = 'success') AS successes,
    count(*) FILTER (WHERE s.state = 'success' AND s.decided_by = 'window') AS presumed,
    count(*) FILTER (WHERE s.state = 'success' AND NOT s.first_pass) AS amended,
    count(*) FILTER (WHERE s.state = 'failure') AS failures, count(*) FILTER (WHERE s.state = 'pending') AS pending,
    count(*) FILTER (WHERE s.first_pass) AS first_pass, count(*) FILTER (WHERE {JUDGED}) AS judged
FROM audits_taskstate s WHERE s.task_key IN (SELECT c.task_id FROM spend_call c WHERE {_LATE})
    AND s.day >= %(first)s AND s.day < %(end)s
    AND NOT EXISTS (SELECT FROM spend_call o WHERE o.task_id = s.task_key AND o.counted
                    AND o.received_at <= %(closed_at)s)
"""


def _changed_calls(asked: dict[str, Any]) -> Iterator[Movement]:
    rows = _rows(_CHANGED_CALLS, asked)
    names = {llm.pk: str(llm) for llm in Llm.objects.filter(pk__in={row["llm_id"] for row in rows})}
    for row in rows:
        moved = Measures(token_bill=int(row["amount"]), calls=int(row["counted"]), priced_calls=int(row["priced"]))
        name = names.get(row["llm_id"], "unknown model")
        kind = REPEATED if row["turned"] else REPRICED
        yield Movement(kind, moved, int(row["calls"]), row["first_at"], row["last_at"], (), name, name)


_CHANGED_CALLS = """
SELECT llm_id, turned, sum(calls) AS calls, sum(counted) AS counted, sum(priced) AS priced, sum(amount) AS amount,
    min(at) AS first_at, max(at) AS last_at
FROM audits_callchange WHERE close_id = %(close)s AND month = %(first)s AND NOT late GROUP BY 1, 2
"""


def _status(frozen: Measures, restated: Measures, movements: list[Movement]) -> Iterator[Movement]:
    """What is left of the counts of tasks: tasks that stand otherwise than when the month was closed."""
    new = sum((each.moved for each in movements if each.kind == LATE_TASKS), Measures())
    moved = Measures.of({name: getattr(restated - frozen - new, name) for name in _TASKS})
    if moved:
        changed = sum(abs(getattr(moved, name)) for name in ("successes", "failures", "pending"))
        yield Movement(STATUS, moved, max((changed + abs(moved.tasks)) // 2, abs(moved.judged), 1))
