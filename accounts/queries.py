"""Who is asking, how far they reach, and the guarded doors to teams."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from accounts.domain.reach import NOBODY, Reach
from accounts.models import ApiKey, FailedLogin, Role, Scope, Team, User

SCOPES_OF_ROLES: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset({Scope.INGEST, Scope.READ, Scope.AUDIT}),
    Role.FINANCE: frozenset({Scope.READ}),
    Role.TEAM_LEAD: frozenset({Scope.READ, Scope.AUDIT}),
    Role.VIEWER: frozenset({Scope.READ}),
}
ROLES_OF_ALL_TEAMS = {Role.ADMINISTRATOR, Role.FINANCE}

# Enough for a person who mistypes; ten guesses per quarter of an hour are 960 a day.
LOGIN_FAILURES = 10
LOGIN_WINDOW = timedelta(minutes=15)


YOU, A_PERSON = "you", "a person"


class NoTeam(Exception):
    """No team has the name."""


def reach_of_user(user: User | AnonymousUser) -> Reach:
    """A superuser is an administrator, whatever the role says; who is not active or not logged in is nobody."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    role = Role.ADMINISTRATOR if user.is_superuser else Role(user.role)
    return Reach(
        name=user.get_username(),
        scopes=SCOPES_OF_ROLES[role],
        team_ids=None if role in ROLES_OF_ALL_TEAMS else _team_ids_of(user),
        writes_reference=role in ROLES_OF_ALL_TEAMS,
        administers=role == Role.ADMINISTRATOR,
    )


def _team_ids_of(user: User) -> frozenset[int]:
    return frozenset(user.memberships.values_list("team_id", flat=True))


def reach_of_key(key: ApiKey) -> Reach:
    """A key writes no reference data and administers nothing, whatever its scopes."""
    return Reach(
        name=key.name,
        scopes=frozenset(key.scopes),
        team_ids=None if key.team_id is None else frozenset({key.team_id}),
    )


def reach_of(request: Any) -> Reach:
    """Return the reach of a request, of the JSON door (where authentication left it) or of a page."""
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, Reach) else reach_of_user(request.user)


def teams_in(reach: Reach) -> dict[str, int]:
    """Return the ids of the teams within reach by name."""
    teams = Team.objects.all()
    if reach.team_ids is not None:
        teams = teams.filter(pk__in=reach.team_ids)
    return dict(teams.values_list("name", "pk"))


def team_named(name: str) -> Team:
    """Return the team of this name. Raises NoTeam, which says the names there are."""
    team = Team.objects.filter(name=name).first()
    if team is None:
        known = ", ".join(Team.objects.values_list("name", flat=True)) or "none yet"
        raise NoTeam(f"There is no team {name!r}. Teams: {known}.")
    return team


def shown_name(name: str, *, is_reader: bool = False) -> str:
    """Return how whoever reads is told of the person called `name`; nothing that leaves the product names people else.

    With SHOW_NAMES off people know only themselves.
    """
    if settings.SHOW_NAMES:
        return name
    return YOU if is_reader else A_PERSON


def login_is_blocked(*, username: str, address: str, at: datetime) -> bool:
    """Whether this name failed too often from this address of late."""
    recent = FailedLogin.objects.filter(username=name_tried(username), address=address, at__gt=at - LOGIN_WINDOW)
    return recent.count() >= LOGIN_FAILURES


def name_tried(username: str) -> str:
    """Return the name under which attempts are counted: what differs in case or is cut off counts together."""
    return username.replace("\x00", "").strip().lower()[:150]
