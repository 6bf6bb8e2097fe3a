"""Who may do what, whose, and with what: the table of access."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.actions import create_key
from accounts.domain.reach import NOBODY
from accounts.models import Team, User
from accounts.queries import reach_of_key, reach_of_user, teams_in
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db

ROLES = ["administrator", "finance", "team_lead", "viewer"]


@pytest.mark.parametrize(
    ("role", "ingest", "read", "audit", "all_teams", "writes_reference", "administers"),
    [
        ("administrator", True, True, True, True, True, True),
        ("finance", False, True, False, True, True, False),
        ("team_lead", False, True, True, False, False, False),
        ("viewer", False, True, False, False, False, False),
    ],
)
def test_each_role_reaches_so_far(
    claims: Team,
    support: Team,
    role: str,
    ingest: bool,
    read: bool,
    audit: bool,
    all_teams: bool,
    writes_reference: bool,
    administers: bool,
) -> None:
    reach = reach_of_user(make_user("somebody", role, claims))
    assert (reach.may("ingest"), reach.may("read"), reach.may("audit")) == (ingest, read, audit)
    assert reach.sees(claims.pk)
    assert reach.sees(support.pk) is all_teams
    assert reach.sees(None) is all_teams
    assert reach.writes_reference is writes_reference
    assert reach.administers is administers


@pytest.mark.parametrize("role", ROLES)
def test_who_is_not_active_is_nobody(role: str) -> None:
    user = make_user("somebody", role)
    user.is_active = False
    assert reach_of_user(user) == NOBODY


def test_who_is_not_logged_in_is_nobody() -> None:
    assert reach_of_user(AnonymousUser()) == NOBODY


def test_a_superuser_is_an_administrator() -> None:
    assert reach_of_user(User.objects.create_superuser("root", password="x")).administers


def test_a_team_lead_without_teams_sees_none(claims: Team) -> None:
    assert teams_in(reach_of_user(make_user("newcomer", "team_lead"))) == {}


@pytest.mark.parametrize("scope", ["ingest", "read", "audit"])
def test_a_key_reaches_its_team_and_scopes(claims: Team, support: Team, scope: str) -> None:
    key, _ = create_key(name="gateway", scopes=[scope], team=claims, at=NOON)
    reach = reach_of_key(key)
    assert reach.scopes == {scope}
    assert teams_in(reach) == {"Claims": claims.pk}
    assert not reach.sees(support.pk)
    assert not reach.sees(None)
    assert (reach.writes_reference, reach.administers) == (False, False)


def test_a_key_of_all_teams_reaches_teams_still_to_come(claims: Team) -> None:
    key, _ = create_key(name="gateway", scopes=["ingest"], team=None, at=NOON)
    assert reach_of_key(key).sees(claims.pk + 1)
