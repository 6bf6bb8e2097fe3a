"""Who recorded what: shown by name, or hidden by SHOW_NAMES; and the reason a version was changed for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.queries import A_PERSON, YOU, shown_name
from audits.models import Correction, Incident, LabourRate
from tests.sending import CORRECTION, INCIDENT, client_of, post

pytestmark = pytest.mark.django_db

SENT = {"corrections": CORRECTION, "incidents": INCIDENT}
MODELS: dict[str, Any] = {"corrections": Correction, "incidents": Incident}


@pytest.fixture
def recorded(claims, lena) -> APIClient:
    """What Lena recorded of Claims."""
    LabourRate.objects.create(role="adjuster", starts_on=date(2026, 1, 1), hourly=Decimal(60))
    client = logged_in(lena)
    for name, record in SENT.items():
        assert post(client, record, name=name).json()["accepted"] == 1
    return client


def logged_in(person: Any) -> APIClient:
    client = APIClient()
    client.force_login(person)
    return client


@pytest.mark.parametrize(("shown", "expected"), [(True, "lena"), (False, A_PERSON)])
@pytest.mark.parametrize("name", SENT)
def test_a_viewer_reads_the_names_of_others_only_where_they_are_shown(
    recorded, victor, settings, name, shown, expected
):
    settings.SHOW_NAMES = shown
    response = logged_in(victor).get(f"/api/v1/{name}")
    assert response.json()[name][0]["recorded_by"] == expected
    assert ("lena" in response.content.decode()) is shown


@pytest.mark.parametrize("name", SENT)
def test_one_knows_ones_own_where_names_are_hidden(recorded, settings, name):
    settings.SHOW_NAMES = False
    assert recorded.get(f"/api/v1/{name}").json()[name][0]["recorded_by"] == YOU


@pytest.mark.parametrize("name", SENT)
def test_an_integration_is_nobody(recorded, claims, name):
    post(client_of(claims), {**SENT[name], "id": "by-key"}, name=name)
    assert recorded.get(f"/api/v1/{name}").json()[name][0]["recorded_by"] is None


@pytest.mark.parametrize(
    ("show", "is_reader", "expected"),
    [(True, False, "lena"), (True, True, "lena"), (False, True, YOU), (False, False, A_PERSON)],
)
def test_names_are_shown_or_hidden(settings, show, is_reader, expected):
    settings.SHOW_NAMES = show
    assert shown_name("lena", is_reader=is_reader) == expected


@pytest.mark.parametrize("name", SENT)
def test_the_reason_of_a_change_is_kept_beside_the_note(recorded, name):
    changed = {**SENT[name], "version": 2, "note": "two letters", "reason": "counted twice"}
    assert post(recorded, changed, name=name).json()["accepted"] == 1
    row = recorded.get(f"/api/v1/{name}").json()[name][0]
    assert (row["version"], row["note"], row["reason"]) == (2, "two letters", "counted twice")


@pytest.mark.parametrize("name", SENT)
def test_a_withdrawal_keeps_its_reason_too(recorded, name):
    taken_back = {"id": SENT[name]["id"], "version": 2, "withdrawn": True, "reason": "another team's"}
    assert post(recorded, taken_back, name=name).json()["accepted"] == 1
    assert recorded.get(f"/api/v1/{name}").json()[name] == []
    assert MODELS[name].objects.get(latest=True).reason == "another team's"


def test_an_outcome_takes_no_reason(claims):
    refused = post(client_of(claims), {"task": "T1", "outcome": "success", "reason": "x"}, name="outcomes")
    assert refused.json()["rejected"][0]["errors"] == {"reason": ["is not a field of an outcome"]}
