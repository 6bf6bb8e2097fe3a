"""Checks that what is stored agrees with itself: each yields a sentence for every fault it finds, naming the row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from audits.domain.sources import CONFIRMED, accrual, correction_amounts, incident_amounts
from audits.models import Correction, FixedCost, Incident
from audits.queries import bridge, closed_faults
from audits.queries.sources import corrections, fixed_costs, incidents
from spend.domain.money import to_text
from spend.domain.pricing import Price as DomainPrice
from spend.domain.pricing import priced
from spend.domain.tokens import Usage
from spend.models import Llm, Price
from spend.queries.book import price_of
from spend.store import raw_cursor
from trail.queries import faults as trail

_AT_ONCE = 10_000


@dataclass(frozen=True)
class Check:
    """A promise, and what finds its breaches. `find` takes today."""

    promise: str
    find: Callable[[date], Iterable[str]]


def _found(sql: str, sentence: str) -> Callable[[date], Iterator[str]]:
    """A check by one statement: each row of it fills `sentence`."""

    def find(today: date) -> Iterator[str]:
        with raw_cursor() as cursor:
            cursor.execute(sql)
            for row in cursor:
                yield sentence.format(*row)

    return find


def sources_conserve(today: date) -> Iterator[str]:
    """Entries of a source sum to its amount, to the last nano-dollar."""
    for kind, model, amount in (
        ("correction", Correction, _of_corrections),
        ("incident", Incident, _of_incidents),
        ("fixed_cost", FixedCost, _of_fixed_costs),
    ):
        identities = sorted(set(model.objects.values_list("identity", flat=True)))
        for start in range(0, len(identities), _AT_ONCE):
            some = identities[start : start + _AT_ONCE]
            wanted = dict(amount(some, today))
            posted = _posted(some)
            for source in some:
                if posted.get(source, 0) != wanted.get(source, 0):
                    yield (
                        f"{kind} {source} costs {to_text(wanted.get(source, 0))},"
                        f" its entries sum to {to_text(posted.get(source, 0))}"
                    )


def _of_corrections(identities: list[UUID], today: date) -> Iterator[tuple[UUID, int]]:
    for identity, correction in corrections(identities):
        yield identity, sum(correction_amounts(correction))


def _of_incidents(identities: list[UUID], today: date) -> Iterator[tuple[UUID, int]]:
    for identity, incident in incidents(identities):
        yield identity, sum(incident_amounts(incident)) if incident.status == CONFIRMED else 0


def _of_fixed_costs(identities: list[UUID], today: date) -> Iterator[tuple[UUID, int]]:
    for identity, cost in fixed_costs(identities):
        yield identity, sum(amount for _, amount in accrual(cost, today))


def _posted(sources: list[UUID]) -> dict[UUID, int]:
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT source, sum(amount_nanos) FROM audits_entry WHERE source = ANY(%b) GROUP BY 1", [sources]
        )
        return {source: int(amount) for source, amount in cursor}


def costs_follow_from_prices(today: date) -> Iterator[str]:
    """A computed cost is what its price makes of its tokens."""
    prices: dict[int, DomainPrice] = {price.pk: price_of(price) for price in Price.objects.all()}
    free = set(Llm.objects.filter(free=True).values_list("id", flat=True))
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT external_id, llm_id, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,"
            " reasoning_tokens, reported_nanos, price_id, cost_nanos FROM spend_call"
        )
        for name, llm, *tokens, reported, price, cost in cursor:
            usage = Usage(*tokens)
            found = priced(usage=usage, reported_nanos=reported, price=prices.get(price), free=llm in free)
            if found.cost_nanos != cost:
                yield f"call {name} costs {cost} nano-dollars, its price makes {found.cost_nanos}"


_SAME = " AND ".join(
    f"e.{name} IS NOT DISTINCT FROM r.{name}"
    for name in (
        "source_kind", "source", "category", "nature", "rule", "policy_version", "traced", "service_date", "team_id",
        "tier_id", "llm_id", "task_type_id", "task_key", "call_key",
    )
)  # fmt: skip

_MONTHLY_FAULT = "in {0}, team {1}, monthly rows hold {2}, daily rows {3}"


def _monthly(name: str, column: str) -> str:
    return (
        f"SELECT COALESCE(m.month, d.month), COALESCE(m.team_id, d.team_id), m.amount, d.amount FROM (SELECT team_id,"
        f" task_month AS month, sum({column}) AS amount FROM audits_monthly{name} GROUP BY 1, 2) m FULL JOIN"
        f" (SELECT team_id, date_trunc('month', task_day)::date AS month, sum({column}) AS amount"
        f" FROM audits_daily{name} GROUP BY 1, 2) d ON d.month = m.month"
        " AND COALESCE(d.team_id, 0) = COALESCE(m.team_id, 0) WHERE COALESCE(m.amount, 0) <> COALESCE(d.amount, 0)"
    )


def _of_the_trail(find: Callable[[], Iterable[str]]) -> Callable[[date], Iterable[str]]:
    return lambda today: find()


CHECKS = [
    Check("entries of a source sum to its amount", sources_conserve),
    Check("a computed cost is what its price makes of its tokens", costs_follow_from_prices),
    Check(
        "a reversal is the entry it reverses, negated",
        _found(
            "SELECT r.id, e.id FROM audits_entry r JOIN audits_entry e ON e.id = r.reverses_id"
            f" WHERE r.amount_nanos <> -e.amount_nanos OR NOT ({_SAME}) OR e.reverses_id IS NOT NULL",
            "entry {0} does not negate entry {1}, which it reverses",
        ),
    ),
    Check(
        "only reversals are negative",
        _found(
            "SELECT id, amount_nanos FROM audits_entry WHERE reverses_id IS NULL AND amount_nanos <= 0",
            "entry {0} is of {1} nano-dollars and reverses nothing",
        ),
    ),
    Check(
        "an entry is posted in a month",
        _found(
            "SELECT id, posting_month FROM audits_entry WHERE extract(day FROM posting_month) <> 1",
            "entry {0} has the posting period {1}",
        ),
    ),
    Check(
        "daily rows of the ledger are its entries",
        _found(
            "SELECT COALESCE(d.day, e.day), COALESCE(d.team_id, e.team_id), d.amount, e.amount FROM"
            " (SELECT team_id, task_day AS day, sum(amount) AS amount FROM audits_dailyentries GROUP BY 1, 2) d"
            " FULL JOIN (SELECT team_id, service_date AS day, sum(amount_nanos) AS amount FROM audits_entry"
            " GROUP BY 1, 2) e"
            " ON d.day = e.day AND COALESCE(d.team_id, 0) = COALESCE(e.team_id, 0)"
            " WHERE COALESCE(d.amount, 0) <> COALESCE(e.amount, 0)",
            "on {0}, team {1}, daily rows of the ledger hold {2}, its entries {3} nano-dollars",
        ),
    ),
    Check(
        "daily rows of calls are the calls",
        _found(
            "SELECT COALESCE(d.day, c.day), COALESCE(d.team_id, c.team_id), d.calls, d.cost, c.calls, c.cost FROM"
            " (SELECT team_id, day, sum(calls) AS calls, sum(cost) AS cost FROM audits_dailycalls GROUP BY 1, 2) d"
            " FULL JOIN (SELECT team_id, day, count(*) AS calls, COALESCE(sum(cost_nanos), 0) AS cost FROM spend_call"
            " WHERE counted GROUP BY 1, 2) c ON d.day = c.day AND d.team_id = c.team_id"
            " WHERE d.calls IS DISTINCT FROM c.calls OR d.cost IS DISTINCT FROM c.cost",
            "on {0}, team {1}, daily rows hold {2} calls for {3}, the log {4} calls for {5} nano-dollars",
        ),
    ),
    Check(
        "daily rows of sources are the calls",
        _found(
            "SELECT COALESCE(d.day, c.day), COALESCE(d.source_id, c.source_id), d.calls, d.cost, c.calls, c.cost FROM"
            " (SELECT team_id, day, source_id, sum(calls) AS calls, sum(cost) AS cost FROM audits_dailysources"
            " GROUP BY 1, 2, 3) d FULL JOIN (SELECT team_id, day, source_id, count(*) AS calls,"
            " COALESCE(sum(cost_nanos), 0) AS cost FROM spend_call WHERE counted GROUP BY 1, 2, 3) c"
            " ON d.day = c.day AND d.team_id = c.team_id AND COALESCE(d.source_id, 0) = COALESCE(c.source_id, 0)"
            " WHERE d.calls IS DISTINCT FROM c.calls OR d.cost IS DISTINCT FROM c.cost",
            "on {0}, source {1}, daily rows hold {2} calls for {3}, the log {4} calls for {5} nano-dollars",
        ),
    ),
    Check(
        "daily rows of tasks are the tasks",
        _found(
            "SELECT COALESCE(d.day, t.day), COALESCE(d.team_id, t.team_id), d.tasks, t.tasks FROM"
            " (SELECT team_id, task_day AS day, sum(tasks) AS tasks FROM audits_dailytasks GROUP BY 1, 2) d FULL JOIN"
            " (SELECT team_id, day, count(*) AS tasks FROM spend_task GROUP BY 1, 2) t"
            " ON d.day = t.day AND d.team_id = t.team_id WHERE d.tasks IS DISTINCT FROM t.tasks",
            "on {0}, team {1}, daily rows hold {2} tasks, there are {3}",
        ),
    ),
    *(
        Check(f"monthly rows of {name} are the daily ones", _found(_monthly(name, column), _MONTHLY_FAULT))
        for name, column in (
            ("calls", "cost"),
            ("tasks", "tasks"),
            ("units", "sum_x"),
            ("strata", "sum_x"),
            ("entries", "amount"),
        )
    ),
    Check(
        "a task begins on the day of its first call",
        _found(
            "SELECT COALESCE(t.id, c.task_id), t.day, c.day FROM spend_task t FULL JOIN"
            " (SELECT task_id, min(day) AS day FROM spend_call WHERE counted GROUP BY 1) c ON c.task_id = t.id"
            " WHERE t.day IS DISTINCT FROM c.day",
            "task {0} begins on {1}, its first call is of {2}",
        ),
    ),
    Check(
        "a call that repeats the usage of others is not counted",
        _found(
            "SELECT external_id FROM spend_call WHERE counted AND repeated",
            "call {0} repeats the usage of calls below it, and is counted",
        ),
    ),
    Check(
        "calls name what exists",
        _found(
            "SELECT c.external_id FROM spend_call c LEFT JOIN accounts_team t ON t.id = c.team_id"
            " LEFT JOIN spend_llm m ON m.id = c.llm_id LEFT JOIN spend_tier i ON i.id = c.tier_id"
            " LEFT JOIN spend_price p ON p.id = c.price_id LEFT JOIN spend_tasktype k ON k.id = c.task_type_id"
            " WHERE t.id IS NULL OR m.id IS NULL OR (c.tier_id IS NOT NULL AND i.id IS NULL)"
            " OR (c.price_id IS NOT NULL AND p.id IS NULL) OR (c.task_type_id IS NOT NULL AND k.id IS NULL)",
            "call {0} names a team, model, tier, price or task type that is not there",
        ),
    ),
    Check("what moved of a closed month is accounted for", bridge.unexplained),
    Check("closed months hold what was signed", closed_faults.altered),
    Check("closes in force follow on one another", closed_faults.without_a_close),
    Check("what closes reported of the ledger was posted", closed_faults.unposted),
    Check("entries stand in the period that was open when they were posted", closed_faults.misplaced),
    Check("what a close accrued was posted once and taken back", closed_faults.accruals),
    Check(
        "what closes charged in the FOCUS export is what they reported",
        _found(closed_faults.UNCHARGED, "of {0}, {1} nano-dollars are charged in the FOCUS file, {2} reported"),
    ),
    Check(
        "the ledger by posting period is what is reported",
        _found(closed_faults.MISPOSTED, "of {0}, team {1}, {2} nano-dollars are reported, {3} posted"),
    ),
    Check(
        "reported periods add up to what is restated",
        _found(closed_faults.UNBALANCED, "of {0}, {1} are reported in all periods together, {2} restated"),
    ),
    Check(
        "one version of a record counts",
        _found(
            "SELECT what, identity FROM (SELECT 'correction' AS what, identity, latest, version FROM audits_correction"
            " UNION ALL SELECT 'incident', identity, latest, version FROM audits_incident"
            " UNION ALL SELECT 'outcome', identity, latest, version FROM spend_outcome) v GROUP BY 1, 2"
            " HAVING count(*) FILTER (WHERE latest) <> 1 OR max(version) <> max(version) FILTER (WHERE latest)",
            "{0} {1} does not have its highest version as the one that counts",
        ),
    ),
]


CHECKS += [Check(promise, _of_the_trail(find)) for promise, find in trail.CHECKS]


def faults(today: date, progress: Callable[[str], Any] = lambda promise: None) -> Iterator[str]:
    """Yield every fault that any check finds."""
    for check in CHECKS:
        progress(check.promise)
        yield from check.find(today)
