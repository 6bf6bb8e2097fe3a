"""What a team logged in a month, by cause, activity, tier and person; and what waits to be judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from audits.models import Incident
from audits.queries.lists.reading import Row, rows_of
from audits.queries.recorders import recorder_name
from spend.domain.periods import Month

_ZERO = Decimal(0)
OPEN_SHOWN = 8


@dataclass
class Part:
    """Records, minutes and money of one cause, activity, tier or person; `tiers` says where the money went."""

    name: str | None
    records: int = 0
    minutes: Decimal = _ZERO
    amount: int = 0
    tiers: dict[str | None, int] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        self.records += row["records"]
        self.minutes += row["minutes"]
        self.amount += row["amount_nanos"]
        if row["amount_nanos"]:
            self.tiers[row["tier"]] = self.tiers.get(row["tier"], 0) + row["amount_nanos"]

    @property
    def hours(self) -> Decimal:
        return self.minutes / 60


@dataclass(frozen=True)
class TeamWork:
    """The parts, the dearest first. `tapped`: what one-tap verdicts stand for, as estimates."""

    total: Part
    tapped: Part
    by_cause: list[Part]
    by_activity: list[Part]
    by_tier: list[Part]
    by_person: list[Part]


def team_work(team: int, month: Month, *, reader: int | None) -> TeamWork:
    """Return what the team worked on in this month, by `worked_on`, and what that costs."""
    rows = rows_of(_WORK, {"team": team, "first": month.first_day, "end": month.end_day})
    for row in rows:
        row["person"] = recorder_name(
            person=row["recorded_by_id"],
            name=row["username"],
            by_link=row["by_link"],
            signer=row["signer"],
            reader=reader,
        )

    def by(name: Callable[[Row], Any]) -> list[Part]:
        parts: dict[Any, Part] = {}
        for row in rows:
            parts.setdefault(name(row), Part(name(row))).add(row)
        return sorted(parts.values(), key=lambda part: (-part.amount, -part.minutes, part.name or ""))

    return TeamWork(
        total=_sum(rows),
        tapped=_sum([row for row in rows if row["tapped"]]),
        by_cause=by(lambda row: row["cause"]),
        by_activity=by(lambda row: row["activity"]),
        by_tier=by(lambda row: row["tier"]),
        by_person=by(lambda row: row["person"]),
    )


def _sum(rows: list[Row]) -> Part:
    total = Part(None)
    for row in rows:
        total.add(row)
    return total


@dataclass(frozen=True)
class Waiting:
    """What nobody judged yet: some tasks of how many, some open incidents of how many."""

    tasks: list[Row]
    task_count: int
    incidents: list[Incident]
    incident_count: int


def waiting(team: int) -> Waiting:
    """Return the team's pending tasks, the next to be presumed first, and its open incidents."""
    tasks = rows_of(_PENDING, {"team": team, "limit": OPEN_SHOWN})
    open_ones = Incident.objects.filter(team=team, latest=True, withdrawn=False, status="open").order_by("-occurred_on")
    return Waiting(
        tasks=tasks,
        task_count=tasks[0]["all_of_them"] if tasks else 0,
        incidents=list(open_ones[:OPEN_SHOWN]),
        incident_count=open_ones.count(),
    )


# Minutes of a record that is shared over tiers go with its money.
_WORK = """
WITH mine AS (
    SELECT identity, minutes, cause, activity, recorded_by_id, by_link, signer,
        provenance = 'estimated' AND tap_minutes IS NOT NULL AS tapped
    FROM audits_correction
    WHERE latest AND NOT withdrawn AND team_id = %(team)s AND worked_on >= %(first)s AND worked_on < %(end)s
), net AS (
    SELECT e.source, e.tier_id, sum(e.amount_nanos) AS amount, sum(sum(e.amount_nanos)) OVER own AS whole,
        row_number() OVER (PARTITION BY e.source ORDER BY e.tier_id) = 1 AS is_first
    FROM audits_entry e JOIN mine ON mine.identity = e.source
    GROUP BY e.source, e.tier_id HAVING sum(e.amount_nanos) <> 0 WINDOW own AS (PARTITION BY e.source)
)
SELECT m.cause, m.activity, m.recorded_by_id, person.username, m.by_link, m.signer, m.tapped, tier.name AS tier,
    count(*) FILTER (WHERE COALESCE(n.is_first, true)) AS records,
    sum(m.minutes * COALESCE(n.amount / n.whole, 1)) AS minutes, COALESCE(sum(n.amount), 0) AS amount_nanos
FROM mine m LEFT JOIN net n ON n.source = m.identity
LEFT JOIN spend_tier tier ON tier.id = n.tier_id LEFT JOIN accounts_user person ON person.id = m.recorded_by_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_PENDING = """
SELECT s.task_key AS key, t.external_id AS id, s.day, s.changes_on, kind.name AS task_type,
    count(*) OVER () AS all_of_them
FROM audits_taskstate s JOIN spend_task t ON t.id = s.task_key LEFT JOIN spend_tasktype kind ON kind.id = s.task_type_id
WHERE s.team_id = %(team)s AND s.state = 'pending' AND s.changes_on IS NOT NULL AND NOT t.implicit
ORDER BY s.changes_on, t.external_id LIMIT %(limit)s
"""
