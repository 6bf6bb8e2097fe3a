"""What audits say of silent failures: draws by the stratum they had, beside the tasks that nobody was asked about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from audits.domain.decisions.silent import Stratum
from audits.queries.lists.reading import Row, rows_of
from audits.queries.sampling import LOOKED
from audits.queries.sums import Query

_TASKS = f"""
SELECT s.task_type_id AS task_type, s.tier_id AS tier, s.team_id AS team, date_trunc('month', s.day)::date AS month,
    count(*) FILTER (WHERE s.state = 'success' AND NOT s.looked) AS unseen,
    count(*) FILTER (WHERE s.state = 'success' AND s.looked) AS reviewed,
    count(*) FILTER (WHERE s.state = 'failure') AS failures,
    count(*) FILTER (WHERE s.looked) AS chosen,
    count(*) FILTER (WHERE s.looked AND s.state = 'failure') AS chosen_failed
FROM (SELECT s.*, {LOOKED} AS looked FROM audits_taskstate s
    WHERE s.day >= %(first)s AND s.day < %(end)s AND {{where}}
        AND NOT EXISTS (SELECT FROM audits_auditdraw d WHERE d.task_key = s.task_key)) s
GROUP BY 1, 2, 3, 4
"""
_DRAWS = """
SELECT s.task_type_id AS task_type, s.tier_id AS tier, s.team_id AS team, s.month, count(*) AS drawn,
    count(k.id) AS answered, count(*) FILTER (WHERE k.verdict = 'rejected') AS failed,
    count(*) FILTER (WHERE k.id IS NULL AND s.expires_on > %(today)s) AS open
FROM audits_auditdraw s
LEFT JOIN audits_correction k ON k.identity = s.review AND k.latest AND NOT k.withdrawn AND k.verdict <> ''
WHERE s.month >= %(first)s AND s.month < %(end)s AND {where}
GROUP BY 1, 2, 3, 4
"""
_COLUMNS = {"team": "s.team_id", "tier": "s.tier_id", "task_type": "s.task_type_id"}


@dataclass
class Group:
    """Tasks of one type that one tier delivered for one team in one month. `chosen`: looked at without being drawn."""

    task_type: int | None
    tier: int | None
    team: int
    month: date
    counts: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    @property
    def stratum(self) -> Stratum:
        """What the sample says of it; a draw that is still open was not asked about yet, and is no non-response."""
        drawn = self["drawn"] - self["open"]
        return Stratum(self["unseen"] + self["drawn"], drawn, self["answered"], self["failed"])


def groups(query: Query, *, today: date) -> list[Group]:
    """Return the groups of what `query` is about: its period, teams, and filters by team, tier and task type."""
    where, params = _where(query)
    params |= {"first": query.period.first_day, "end": query.period.end_day, "today": today}
    found: dict[tuple[object, ...], Group] = {}
    for sql in (_TASKS, _DRAWS):
        for row in rows_of(sql.format(where=where), params):
            keys = tuple(row.pop(name) for name in ("task_type", "tier", "team", "month"))
            found.setdefault(keys, Group(*keys)).counts.update(row)
    return list(found.values())


def _where(query: Query) -> tuple[str, Row]:
    parts, params = ["true"], Row()
    if query.teams is not None:
        parts.append("s.team_id = ANY(%(teams)s)")
        params["teams"] = sorted(query.teams)
    for name, column in _COLUMNS.items():
        if wanted := query.filters.get(name):
            none = f" OR {column} IS NULL" if None in wanted else ""
            parts.append(f"({column} = ANY(%({name})s){none})")
            params[name] = [value for value in wanted if value is not None]
    return " AND ".join(parts), params
