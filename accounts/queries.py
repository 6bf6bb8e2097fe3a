"""Who is asking, how far they reach, and the guarded doors to teams."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from accounts.domain.reach import NOBODY, Reach
from accounts.models import ApiKey, Attempt, Role, Scope, Team, User

SCOPES_OF_ROLES: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset({Scope.INGEST, Scope.READ, Scope.AUDIT}),
    Role.FINANCE: frozenset({Scope.READ}),
    Role.TEAM_LEAD: frozenset({Scope.READ, Scope.AUDIT}),
    Role.VIEWER: frozenset({Scope.READ}),
}
ROLES_OF_ALL_TEAMS = {Role.ADMINISTRATOR, Role.FINANCE}

# Ten wrong passwords are enough for a person who mistypes, and 960 guesses a day. Codes have but a million values.
MOST_ATTEMPTS = {Attempt.Kind.PASSWORD: 10, Attempt.Kind.CODE: 5, Attempt.Kind.RESET: 5}
ATTEMPT_WINDOW = timedelta(minutes=15)
TOO_MANY = f"Too many attempts. Try again in {ATTEMPT_WINDOW.total_seconds() // 60:.0f} minutes."


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


def is_blocked(kind: Attempt.Kind, *, name: str, address: str, at: datetime) -> bool:
    """Whether there were too many attempts of late for this name from this address."""
    return _recent(kind, name, at).filter(address=address).count() >= MOST_ATTEMPTS[kind]


def is_flooded(kind: Attempt.Kind, *, name: str, at: datetime) -> bool:
    """Whether there were more than enough attempts of late for this name, wherever from."""
    return _recent(kind, name, at).count() > MOST_ATTEMPTS[kind]


def _recent(kind: Attempt.Kind, name: str, at: datetime) -> QuerySet[Attempt]:
    return Attempt.objects.filter(kind=kind, name=name_tried(name), at__gt=at - ATTEMPT_WINDOW)


def name_tried(name: str) -> str:
    """Return the name under which attempts are counted: what differs in case or is cut off counts together."""
    return name.replace("\x00", "").strip().lower()[:150]


def person_to_remind(email: str) -> User | None:
    """Return who may be sent a link to set a new password; whoever signs in elsewhere only has none to forget."""
    given = email.strip()
    person = User.objects.filter(email__iexact=given, is_active=True).first() if given else None
    return person if person is not None and person.has_usable_password() else None


def administrators() -> QuerySet[User]:
    """Return who may handle people, teams and keys; see `reach_of_user`."""
    return User.objects.filter(Q(role=Role.ADMINISTRATOR) | Q(is_superuser=True), is_active=True)


def role_of(person: User) -> str:
    """Return the role by which somebody is known, whatever made them what they are."""
    return Role.ADMINISTRATOR if person.is_superuser else person.role


def has_no_team(person: User) -> bool:
    """Whether somebody whose role reaches their own teams only is in none, and so sees nothing."""
    return role_of(person) not in ROLES_OF_ALL_TEAMS and not person.teams.all()


def people() -> list[User]:
    """Return everybody with their teams, those who are not active last."""
    return list(User.objects.order_by("-is_active", "username").prefetch_related("teams"))


def teams_with_counts() -> QuerySet[Team]:
    """Return the teams, each with `members` (active people in it) and `keys` (not revoked)."""
    members = Count("people", filter=Q(people__is_active=True), distinct=True)
    keys = Count("api_keys", filter=Q(api_keys__revoked_at=None), distinct=True)
    return Team.objects.annotate(members=members, keys=keys)


def all_keys() -> QuerySet[ApiKey]:
    """Return every key there ever was, those that are revoked last."""
    return ApiKey.objects.select_related("team", "created_by").order_by("-revoked_at", "name")


def state_of_key(key: ApiKey, at: datetime) -> str:
    """Say whether a key opens: `active`, `expired` or `revoked`."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= at else "active"


def has_email(email: str) -> bool:
    """Whether the address is somebody's."""
    return User.objects.filter(email__iexact=email.strip()).exists()


def keys_made_by(person: User) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(created_by=person).select_related("team").order_by("-created_at")
