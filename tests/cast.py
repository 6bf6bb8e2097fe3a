"""The named cast: two teams, and one person for each role. Lena leads Claims; Victor may look at it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import Membership, Role, Team, User

PASSWORD = "correct horse battery staple"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make_user(name: str, role: str, *teams: Team) -> User:
    user = User.objects.create_user(name, email=f"{name}@example.com", password=PASSWORD, role=role)
    Membership.objects.bulk_create(Membership(user=user, team=team) for team in teams)
    return user


@pytest.fixture
def claims(db: None) -> Team:
    return Team.objects.create(name="Claims")


@pytest.fixture
def support(db: None) -> Team:
    return Team.objects.create(name="Support")


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada", Role.ADMINISTRATOR)


@pytest.fixture
def fiona(db: None) -> User:
    return make_user("fiona", Role.FINANCE)


@pytest.fixture
def lena(claims: Team) -> User:
    return make_user("lena", Role.TEAM_LEAD, claims)


@pytest.fixture
def victor(claims: Team) -> User:
    return make_user("victor", Role.VIEWER, claims)
