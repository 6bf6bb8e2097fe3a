"""Change an incident, decide on it or take it back: a new version of it, under the identity it has for ever (R13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from audits.actions.records import record_incidents
from audits.models import Incident, IncidentLink
from spend.domain.money import to_text
from spend.ingest.reading import read_item
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Problem


def as_sent(latest: Incident, links: Sequence[IncidentLink]) -> dict[str, Any]:
    """Return what counts of an incident as the API would be sent it anew; None is the same as absent."""
    named = "calls" if links and links[0].is_call else "tasks"
    return {
        "id": latest.external_id,
        "title": latest.title,
        "severity": latest.severity,
        "occurred_on": latest.occurred_on.isoformat() if latest.occurred_on else None,
        "discovered_on": latest.discovered_on.isoformat() if latest.discovered_on else None,
        "loss_usd": to_text(latest.loss_nanos),
        "recovered_usd": to_text(latest.recovered_nanos),
        "response_minutes": str(latest.response_minutes),
        "role": latest.role or None,
        "status": latest.status,
        "invalidates_output": latest.invalidates_output,
        "note": latest.note or None,
        "tier": latest.tier.name if latest.tier else None,
        "model": str(latest.llm) if latest.llm else None,
        named: [{named.removesuffix("s"): link.name, "weight": str(link.weight)} for link in links] or None,
    }


def next_version(latest: Incident, *, after: int) -> dict[str, Any]:
    """Return the fields of the version behind `after` that say which incident it is of."""
    return {"id": latest.external_id, "version": after + 1}


def reach_of_incident(latest: Incident) -> frozenset[int] | None:
    """Return whom its next version is written for: its team, for ever; one without a team is of those who reach all."""
    return None if latest.team_id is None else frozenset({latest.team_id})


def revise_incident(*, latest: Incident, item: Item, at: datetime, today: date, by: int | None) -> Receipt:
    """Write a new version of `latest`, whose owner the caller has let this person change."""
    return record_incidents(items=[item], reach=reach_of_incident(latest), at=at, today=today, by=by)


def decided(
    *, latest: Incident, links: Sequence[IncidentLink], status: str, reason: str, version: int, at: datetime
) -> Item | Problem:
    """Return the version of `latest` that says nothing else but its new status, and why."""
    raw = {**as_sent(latest, links), "version": version, "status": status, "reason": reason or None}
    return read_item(raw, kind="incident", index=0, at=at)


def withdrawal(*, latest: Incident, reason: str, version: int, at: datetime) -> Item | Problem:
    """Return the version that takes `latest` back."""
    raw = {"id": latest.external_id, "version": version, "withdrawn": True, "reason": reason}
    return read_item(raw, kind="incident", index=0, at=at)
