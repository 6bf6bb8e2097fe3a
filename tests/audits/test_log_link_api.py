"""Links that integrations make for the tickets they open."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Team
from tests.audits.logging import have_world
from tests.cast import NOON
from tests.sending import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims(db, time_machine) -> Team:
    time_machine.move_to(NOON, tick=False)
    have_world()
    return Team.objects.get(name="Claims")


def test_an_integration_makes_one(claims):
    made = client_of(claims).post("/api/v1/log-links", {"task": "C-7", "days": 3}, format="json").json()
    assert made["expires_at"] == "2026-11-23T12:00:00+00:00"
    assert Client().get(made["url"].removeprefix("http://testserver")).context["link"].task == "C-7"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"task": ["is required"]}),
        ([], {"record": ["must be an object"]}),
        ({"task": 7}, {"task": ["must be text, not a number"]}),
        ({"task": "C-1", "days": 366}, {"days": ["must be <= 365"]}),
        ({"task": "C-1", "colour": "red"}, {"colour": ["is not a field"]}),
        ({"task": "B-1"}, {"team": ["is required: several teams have a task of this name"]}),
        ({"task": "C-99"}, {"team": ["is required: no team has yet a task of this name"]}),
        ({"task": "C-1", "team": "Nobody"}, {"team": ["no such team"]}),
    ],
)
def test_what_is_wrong_with_what_an_integration_asks_is_said(claims, body, errors):
    response = client_of(None).post("/api/v1/log-links", body, format="json")
    assert (response.status_code, response.json()) == (400, errors)


def test_an_integration_makes_none_for_a_neighbour(claims):
    response = client_of(claims).post("/api/v1/log-links", {"task": "S-1", "team": "Support"}, format="json")
    assert response.json() == {"team": ["not a team that this key or person writes for"]}
