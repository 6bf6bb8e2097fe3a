"""People who log rework by the form, for tests of it: a small world, and the form as a browser would send it."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from accounts.models import User
from tests.build import have_reference, record
from tests.cast import NOON

WORLD = """
teams: [{name: Claims}, {name: Support}]
labour_rates: [{role: adjuster, hourly: 66.60, from: 2026-01-01}, {role: agent, hourly: 38.00, from: 2026-01-01}]
tiers: [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models:
  - {provider: acme, name: small, tier: commodity}
  - {provider: acme, name: large, tier: frontier}
task_types: [{name: claim, manual_minutes: 30, role: adjuster}]
"""


def have_world() -> None:
    """Two teams; Claims has C-1 (commodity) and C-2 (frontier), Support has S-1; both have a task B-1."""
    have_reference(WORLD, at=NOON)
    made = [("Claims", "C-1", "small"), ("Claims", "C-2", "large"), ("Support", "S-1", "small")]
    made += [("Claims", "B-1", "small"), ("Support", "B-1", "large")]
    record("call", *(call(*one) for one in made), at=NOON)


def call(team: str, task: str, model: str) -> dict[str, Any]:
    return {
        "id": f"{team}-{task}", "occurred_at": "2026-11-10T08:00:00Z", "model": model, "provider": "acme",
        "task": task, "task_type": "claim", "team": team, "cost_usd": "0.01", "input_tokens": 10,
    }  # fmt: skip


def seen_by(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def hidden_id(content: bytes) -> str:
    found = re.search(rb'name="client_id" value="([0-9a-f-]{36})"', content)
    assert found, content
    return found[1].decode()


def filled_in(client: Client, **changes: Any) -> dict[str, Any]:
    """Return the form as it is shown, with 15 minutes of fixing C-1, and `changes`; None leaves a field out."""
    page = client.get("/log").content
    form = {
        "client_id": hidden_id(page), "about": "task", "task_text": "C-1", "activity": "fix", "quick_minutes": "15",
        "verdict": "amended", "role": "adjuster", "worked_on": "2026-11-20", "provenance": "self_reported",
        "month": "2026-11", **changes,
    }  # fmt: skip
    return {name: value for name, value in form.items() if value is not None}
