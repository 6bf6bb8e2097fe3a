from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.actions import BadKey, authenticate_key, create_key, revoke_key
from accounts.models import ApiKey, Team
from tests.cast import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(seconds=actions.CACHE_SECONDS)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    actions._cache.clear()
    yield
    actions._cache.clear()


@pytest.fixture
def made(claims: Team) -> tuple[ApiKey, str]:
    return create_key(name="gateway", scopes=["read", "ingest"], team=claims, at=NOON)


def test_it_keeps_the_hash_and_not_the_secret(made: tuple[ApiKey, str]) -> None:
    key, text = made
    start, prefix, secret = text.split("_", 2)
    assert (start, prefix) == ("tc", key.prefix)
    assert len(secret) >= 43  # 32 bytes
    assert key.secret_digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(ApiKey.objects.values().get())


def test_it_recognises_the_key(made: tuple[ApiKey, str]) -> None:
    assert authenticate_key(made[1], NOON) == made[0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text.replace("tc_", "tc_x", 1),
        lambda text: text[:3] + "a" * 12 + text[15:],  # a prefix that nobody has
        lambda text: text + " ",
        lambda text: text + "\x00",
        lambda text: text[3:],
        lambda text: text.upper(),
        lambda text: "",
    ],
)
def test_it_refuses_anything_else(made: tuple[ApiKey, str], spoil: object) -> None:
    assert callable(spoil)
    assert authenticate_key(spoil(made[1]), NOON) is None


def test_it_refuses_an_expired_key(claims: Team) -> None:
    key, text = create_key(name="old", scopes=["read"], team=claims, at=NOON, expires_at=LATER)
    assert authenticate_key(text, LATER - timedelta(microseconds=1)) == key
    assert authenticate_key(text, LATER) is None


def test_it_refuses_a_revoked_key(made: tuple[ApiKey, str]) -> None:
    key, text = made
    assert authenticate_key(text, NOON) == key
    revoke_key(key=key, at=NOON)
    assert authenticate_key(text, NOON) is None


def test_a_key_revoked_by_another_process_works_a_few_seconds_at_most(made: tuple[ApiKey, str]) -> None:
    key, text = made
    assert authenticate_key(text, NOON)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=NOON)
    assert authenticate_key(text, LATER) is None


def test_revoking_twice_keeps_the_first_time(made: tuple[ApiKey, str]) -> None:
    revoke_key(key=made[0], at=NOON)
    revoke_key(key=made[0], at=LATER)
    assert ApiKey.objects.get().revoked_at == NOON


def test_a_second_request_asks_the_database_nothing(
    made: tuple[ApiKey, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # the look-up, and the note of its use
        authenticate_key(made[1], NOON)
    with django_assert_num_queries(0):
        authenticate_key(made[1], NOON + timedelta(seconds=1))


def test_its_last_use_is_noted_once_a_minute(made: tuple[ApiKey, str]) -> None:
    for seconds, noted in [(0, 0), (30, 0), (59, 0), (60, 60), (61, 60)]:
        authenticate_key(made[1], NOON + timedelta(seconds=seconds))
        assert ApiKey.objects.get().last_used_at == NOON + timedelta(seconds=noted)


def test_strangers_cannot_fill_the_memory(db: None) -> None:
    for number in range(20):
        authenticate_key(f"tc_{number:012d}_{'x' * 43}", NOON)
    assert actions._cache == {}


@pytest.mark.parametrize(
    ("scopes", "days", "message"),
    [([], 1, "at least one scope"), (["write"], 1, "unknown scope: write"), (["read"], 0, "expired already")],
)
def test_it_refuses_to_make(claims: Team, scopes: list[str], days: int, message: str) -> None:
    with pytest.raises(BadKey, match=message):
        create_key(name="x", scopes=scopes, team=claims, at=NOON, expires_at=NOON + timedelta(days=days))


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("create_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_the_command_prints_a_key_that_works(claims: Team) -> None:
    text = command("--team", "Claims", "--scopes", "ingest,read", "--expires", "2099-01-31")
    key = authenticate_key(text, NOON)
    assert key is not None
    assert (key.team, key.scopes, key.name) == (claims, ["ingest", "read"], "Claims")
    assert key.expires_at is not None
    assert key.expires_at.isoformat() == "2099-01-31T00:00:00+00:00"


def test_the_command_makes_a_key_of_all_teams(db: None) -> None:
    key = authenticate_key(command("--all-teams", "--scopes", "audit", "--name", "desk"), NOON)
    assert key is not None
    assert (key.team, key.name) == (None, "desk")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--team", "Clams", "--scopes", "read"], "There is no team 'Clams'. Teams: Claims."),
        (["--team", "Claims", "--scopes", "reed"], "unknown scope: reed"),
        (["--team", "Claims", "--scopes", "read", "--expires", "soon"], "must be a date"),
        (["--scopes", "read"], "one of the arguments --team --all-teams is required"),
        (["--team", "Claims", "--all-teams", "--scopes", "read"], "not allowed with"),
    ],
)
def test_the_command_says_what_is_wrong(claims: Team, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        command(*arguments)
    assert not ApiKey.objects.exists()
