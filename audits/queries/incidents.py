"""Incidents as people read them: the sums over a list, and one of them with its links, versions and entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import NamedTuple
from uuid import UUID

from accounts.domain.reach import Reach
from audits.domain.sources import Incident as Stated
from audits.domain.sources import incident_amounts
from audits.models import Incident, IncidentLink
from audits.queries.lists import reading
from audits.queries.lists.asking import Listing
from audits.queries.lists.corrections import COUNTS
from audits.queries.lists.incidents import where_of
from audits.queries.lists.reading import Row
from audits.queries.rates import rates
from audits.queries.recorders import recorder_name

STATUSES = ("confirmed", "open", "dismissed")
LINKS_SHOWN = 50


@dataclass
class Sums:
    """What the incidents of one status add up to, in nanos; `net` is what they cost, or would."""

    incidents: int = 0
    loss: int = 0
    recovered: int = 0
    response: int = 0
    minutes: Decimal = Decimal(0)

    @property
    def net(self) -> int:
        return self.loss - self.recovered + self.response


@dataclass(frozen=True)
class Totals:
    """Sums by status; `median_days` from occurrence to discovery, None where no incident states a discovery."""

    of_status: dict[str, Sums]
    median_days: float | None
    discovered: int

    @property
    def incidents(self) -> int:
        return sum(sums.incidents for sums in self.of_status.values())


class _Costing(NamedTuple):
    status: str
    occurred_on: date
    discovered_on: date | None
    loss: int
    recovered: int
    minutes: Decimal
    role: str


def totals_of_incidents(listing: Listing) -> Totals:
    """Return what the incidents of a list add up to, each of them whole."""
    where = where_of(listing)
    columns = "status, occurred_on, discovered_on, loss_nanos AS loss, recovered_nanos AS recovered"
    sql = f"SELECT {columns}, response_minutes AS minutes, role FROM audits_incident k WHERE {COUNTS} AND {where}"
    rows = [_Costing(**row) for row in reading.rows_of(sql, where.params)]
    hourly = rates()
    of_status = {status: Sums() for status in STATUSES}
    for row in rows:
        rate = hourly.on(row.role, row.occurred_on) or Decimal(0)
        amounts = incident_amounts(Stated(row.occurred_on, row.status, row.loss, row.recovered, row.minutes, rate))
        sums = of_status[row.status]
        sums.incidents += 1
        sums.loss += row.loss
        sums.recovered += row.recovered
        sums.minutes += row.minutes
        sums.response += amounts.labour
    found_after = [days_to_discovery(row.occurred_on, row.discovered_on) for row in rows]
    days = [each for each in found_after if each is not None]
    return Totals(of_status, float(median(days)) if days else None, len(days))


def days_to_discovery(occurred_on: date | None, discovered_on: date | None) -> int | None:
    """Return how long nobody noticed, in days; None while no discovery is stated."""
    return (discovered_on - occurred_on).days if occurred_on and discovered_on else None


def incident_of(identity: UUID, *, reach: Reach) -> Incident | None:
    """The guarded door to an incident, in the version that counts or was withdrawn last.

    None where there is none, and where it is a neighbour's; one without a team is also of the teams of what it names.
    """
    found = Incident.objects.filter(identity=identity, latest=True).select_related("team", "tier", "llm").first()
    if found is None or reach.sees(found.team_id):
        return found
    if found.team_id is None and links_of(found, reach=reach, limit=1):
        return found
    return None


def writes(incident: Incident, reach: Reach) -> bool:
    """Whether they may change it: one without a team is of those who reach all."""
    return reach.may("audit") and reach.sees(incident.team_id)


def stated_of(latest: Incident) -> Incident:
    """Return the last version that says something: `latest`, unless it is a withdrawal."""
    if not latest.withdrawn:
        return latest
    versions = Incident.objects.filter(identity=latest.identity, withdrawn=False).select_related("team", "tier", "llm")
    return versions.order_by("-version").first() or latest


def all_links(incident: Incident) -> list[IncidentLink]:
    return list(IncidentLink.objects.filter(incident=incident).order_by("name"))


_LINKS = """
SELECT l.id AS place, l.is_call, l.name, l.weight, COALESCE(t.id, c.task_id) AS task_key,
    COALESCE(t.id, c.id) IS NOT NULL AS is_known, COALESCE(t.day, c.day) AS day, s.state,
    tier.name AS tier, kind.name AS task_type, posted.amount_nanos
FROM (
    SELECT l.* FROM audits_incidentlink l WHERE l.incident_id = %(incident)s AND l.id > %(after)s {own}
    ORDER BY l.id LIMIT %(limit)s
) l
LEFT JOIN spend_task t ON t.id = l.key AND NOT l.is_call
LEFT JOIN spend_call c ON c.id = l.key AND l.is_call AND c.counted
LEFT JOIN audits_taskstate s ON s.task_key = COALESCE(t.id, c.task_id)
LEFT JOIN spend_tier tier ON tier.id = CASE WHEN l.is_call THEN c.tier_id ELSE s.tier_id END
LEFT JOIN spend_tasktype kind ON kind.id = s.task_type_id
LEFT JOIN (
    SELECT CASE WHEN (SELECT is_call FROM audits_incidentlink WHERE incident_id = %(incident)s LIMIT 1)
        THEN e.call_key ELSE e.task_key END AS key, sum(e.amount_nanos) AS amount_nanos
    FROM audits_entry e WHERE e.source = %(source)s GROUP BY 1
) posted ON posted.key = l.key
ORDER BY l.id
"""
_OWN = """AND (
    EXISTS (SELECT FROM spend_task t WHERE t.id = l.key AND NOT l.is_call AND t.team_id = ANY(%(reach)s))
    OR EXISTS (SELECT FROM spend_call c WHERE c.id = l.key AND l.is_call AND c.counted AND c.team_id = ANY(%(reach)s)))
"""


def links_of(incident: Incident, *, reach: Reach, after: int = 0, limit: int = LINKS_SHOWN) -> list[Row]:
    """Return links in the order of their names, behind the place `after`: those whose work is within reach."""
    sees_all = reach.sees(incident.team_id)
    params = {"incident": incident.pk, "source": incident.identity, "after": after, "limit": limit}
    if not sees_all:
        params["reach"] = sorted(reach.team_ids or ())
    return reading.rows_of(_LINKS.format(own="" if sees_all else _OWN), params)


_COUNTS = """
SELECT count(*) AS links, count(t.id) + count(c.id) AS known
FROM audits_incidentlink l LEFT JOIN spend_task t ON t.id = l.key AND NOT l.is_call
LEFT JOIN spend_call c ON c.id = l.key AND l.is_call AND c.counted WHERE l.incident_id = %(incident)s {own}
"""


def counts_of_links(incident: Incident, *, reach: Reach) -> dict[str, int]:
    """Return how many links there are within reach, and how many of them are known."""
    sees_all = reach.sees(incident.team_id)
    params = {"incident": incident.pk, "reach": sorted(reach.team_ids or ())}
    own = "" if sees_all else "AND COALESCE(t.team_id, c.team_id) = ANY(%(reach)s)"
    return reading.whole_sums(_COUNTS.format(own=own), params)


@dataclass(frozen=True)
class Version:
    """A version of an incident, by whom as the reader may know it, and what differs from the one before."""

    row: Incident
    by: str
    changed: list[str]
    links: int


_COMPARED = (
    "status", "severity", "title", "occurred_on", "discovered_on", "loss_nanos", "recovered_nanos", "response_minutes",
    "role", "invalidates_output", "tier_id", "llm_id", "note",
)  # fmt: skip
_SAID = {"tier_id": "tier", "llm_id": "model", "loss_nanos": "loss", "recovered_nanos": "recovered"}


def versions_of(identity: UUID, *, reader: int | None) -> list[Version]:
    """Return all versions of an incident, the last first."""
    rows = list(Incident.objects.filter(identity=identity).select_related("recorded_by").order_by("version"))
    links = _digests_of_links(rows)
    changes: list[list[str]] = [[], *(_changed(before, row, links) for before, row in pairwise(rows))]
    told = [
        Version(row, _recorder(row, reader), changed, links[row.pk][0])
        for row, changed in zip(rows, changes, strict=True)
    ]
    return told[::-1]


def _recorder(row: Incident, reader: int | None) -> str:
    name = row.recorded_by.get_username() if row.recorded_by else None
    by = recorder_name(person=row.recorded_by_id, name=name, by_link=False, signer="", reader=reader)
    return by or "an integration"


def _changed(before: Incident, row: Incident, links: dict[int, tuple[int, str]]) -> list[str]:
    """Name what a version changed; a withdrawal says nothing, so nothing in it differs but that it is one."""
    if row.withdrawn or before.withdrawn:
        return ["withdrawn"] if row.withdrawn else ["stated again"]
    fields = [
        _SAID.get(name, name).replace("_", " ") for name in _COMPARED if getattr(before, name) != getattr(row, name)
    ]
    return [*fields, *(["links"] if links[before.pk] != links[row.pk] else [])]


def _digests_of_links(rows: Sequence[Incident]) -> dict[int, tuple[int, str]]:
    """Return, for each version, how many links it has and what tells whether they are the same."""
    sql = (
        "SELECT incident_id AS version, count(*) AS links,"
        " md5(string_agg(is_call::text || name || chr(9) || weight::text, chr(10) ORDER BY name)) AS digest"
        " FROM audits_incidentlink WHERE incident_id = ANY(%(versions)s) GROUP BY 1"
    )
    found = reading.rows_of(sql, {"versions": [row.pk for row in rows]})
    known = {row["version"]: (row["links"], row["digest"]) for row in found}
    return {row.pk: known.get(row.pk, (0, "")) for row in rows}


def cost_of(stated: Incident) -> Sums:
    """Return what an incident costs, or would once confirmed."""
    day = stated.occurred_on
    if day is None:  # nothing but a withdrawal was ever sent
        return Sums()
    rate = rates().on(stated.role, day) or Decimal(0)
    amounts = incident_amounts(
        Stated(day, stated.status, stated.loss_nanos, stated.recovered_nanos, stated.response_minutes, rate)
    )
    return Sums(1, stated.loss_nanos, stated.recovered_nanos, amounts.labour, stated.response_minutes)


_ENTRIES = """
SELECT team.name AS team, tier.name AS tier, llm.provider, llm.name AS model, e.rule, e.nature,
    date_trunc('month', e.service_date)::date AS month, count(*) AS entries, sum(e.amount_nanos) AS amount_nanos,
    count(*) FILTER (WHERE e.reverses_id IS NOT NULL) AS reversals
FROM audits_entry e
LEFT JOIN accounts_team team ON team.id = e.team_id
LEFT JOIN spend_tier tier ON tier.id = e.tier_id
LEFT JOIN spend_llm llm ON llm.id = e.llm_id
WHERE e.source = %(source)s AND {own}
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 7, sum(e.amount_nanos) DESC, 1, 2, 4, 6
"""


def entries_by_target(incident: Incident, *, reach: Reach) -> list[Row]:
    """Return what an incident has in the ledger within reach, reversals too, by whom it went to."""
    own = "true" if reach.team_ids is None else "e.team_id = ANY(%(reach)s)"
    params = {"source": incident.identity, "reach": sorted(reach.team_ids or ())}
    return reading.rows_of(_ENTRIES.format(own=own), params)
