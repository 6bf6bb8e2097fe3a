"""Batches and who sends them, for tests of the JSON door."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import Scope, Team
from audits.models import LabourRate
from tests.cast import NOON

CALL = {"id": "c-1", "occurred_at": "2026-10-05T08:00:00Z", "model": "small-1", "input_tokens": 10}
OUTCOME = {"task": "T1", "outcome": "success"}
CORRECTION = {
    "id": "k-1",
    "worked_on": "2026-10-05",
    "minutes": 30,
    "role": "adjuster",
    "activity": "fix",
    "task": "T1",
}
INCIDENT = {"id": "i-1", "title": "Wrong", "severity": "low", "occurred_on": "2026-10-05", "loss_usd": "5"}
GOOD = json.dumps({"calls": [CALL]}).encode()


@pytest.fixture
def client(claims: Team) -> APIClient:
    LabourRate.objects.create(role="adjuster", starts_on=date(2026, 1, 1), hourly=Decimal(60))
    return client_of(claims)


@pytest.fixture
def all_teams(client, support: Team) -> APIClient:
    return client_of(None)


def client_of(team: Team | None) -> APIClient:
    text = create_key(name="gateway", scopes=Scope.values, team=team, at=NOON)[1]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def send(client: APIClient, body: bytes, name: str = "calls", content_type: str = "application/json", **headers) -> Any:
    return client.generic("POST", f"/api/v1/{name}", body, content_type=content_type, headers=headers)


def post(client: APIClient, *records: Any, name: str = "calls") -> Any:
    return send(client, json.dumps({name: records}).encode(), name)
