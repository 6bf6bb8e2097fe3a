"""Who makes the first administrator: whoever holds the address that `up` prints while there is nobody."""

from __future__ import annotations

from django.core import signing
from django.db import connection, transaction
from django.urls import reverse

from accounts.actions import create_person
from accounts.models import Role, User

_SALT = "truecost.first-administrator"
_TEXT = "first administrator"
_LOCK = 0x5A3B1F


class TooLate(Exception):
    """Somebody is there already."""


def path_for_the_first() -> str:
    """Return the path where the first administrator is made, empty where there is one."""
    if User.objects.exists():
        return ""
    return f"{reverse('start-administrator')}?invitation={signing.Signer(salt=_SALT).sign(_TEXT).rpartition(':')[2]}"


def is_invitation(text: str) -> bool:
    """Whether `text` was printed by this installation, which is known by its secret key."""
    try:
        return signing.Signer(salt=_SALT).unsign(f"{_TEXT}:{text}") == _TEXT and not User.objects.exists()
    except signing.BadSignature:
        return False


@transaction.atomic
def make_the_first(*, name: str, password: str) -> User:
    """Make the administrator. Of two at once one is TooLate."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if User.objects.exists():
        raise TooLate
    return create_person(name=name, role=Role.ADMINISTRATOR, password=password, teams=[])
