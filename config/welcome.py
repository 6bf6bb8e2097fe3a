"""The logins and the key of the sample: made at random with it, kept in a file that only its user may read."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.actions import create_key, create_person
from accounts.models import Role, Scope, User
from accounts.queries import team_named

TEAM = "Customer Support"
TEAMS_OF_ROLES = {Role.ADMINISTRATOR: [], Role.FINANCE: [], Role.TEAM_LEAD: [TEAM], Role.VIEWER: [TEAM]}
PASSWORD_BYTES = 9


def make_logins(*, at: datetime) -> None:
    """Make a person for each role and a key of all teams, and keep what only now can be known.

    Fixed passwords would be convenient until the first time that a demo is reached from another machine.
    """
    logins = []
    for role, teams in TEAMS_OF_ROLES.items():
        if User.objects.filter(username=role).exists():  # somebody's own, not of the sample
            continue
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        create_person(name=role, role=role, password=password, teams=[team_named(team) for team in teams])
        logins.append({"name": str(role), "password": password})
    _, key = create_key(name="demo", scopes=Scope.values, team=None, at=at)
    _keep({"logins": logins, "key": key})


def kept() -> dict[str, Any] | None:
    """Return what was kept; None where the sample was loaded from another machine."""
    try:
        text = _file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found: dict[str, Any] = json.loads(text)
    return found


def how_to_sign_in(address: str) -> str:
    """Say who may log in at `address`, and how to ask the API."""
    known = kept()
    if known is None:
        return "Its logins were shown where it was loaded; `manage.py changepassword administrator` sets a new one."
    lines = [f"  {login['name']:<14} {login['password']}" for login in known["logins"]]
    ask = f"curl -H 'Authorization: Bearer {known['key']}' '{address}/api/v1/reports/true-cost?by=tier'"
    return "\n".join(
        ["Log in as (name, password):", *lines, "API key of all teams:", f"  {known['key']}", "Try:", f"  {ask}"]
    )


def _file() -> Path:
    return Path(settings.VAR_DIR) / "demo.json"


def _keep(secret: dict[str, Any]) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(secret, out)
