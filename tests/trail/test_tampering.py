"""Whatever is done to an event, a seal or a row that is followed, `verify` finds it and names it."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Team
from tests.trail.conftest import age, faults, tamper, undone
from trail import actions
from trail.domain.chain import mark_of
from trail.models import Day, Event
from trail.queries.chained import events_since
from trail.store import LOCK, note

TEXTS = ("action", "object", "key", "actor_kind", "actor", "role", "address", "request", "reason")
FALSIFIED = {
    **{name: f"{name} = {name} || 'x'" for name in TEXTS},
    "at": "at = at + interval '1 microsecond'",
    "day": "at = at - interval '1 day'",
    "transaction": "transaction = transaction + 1",
    "person_id": "person_id = coalesce(person_id, 0) + 1",
    "before": "before = '{\"forged\": 1}'",
    "after": "after = coalesce(after, '{}') || '{\"forged\": 1}'",
}
TRIGGERS = (
    ("accounts_team", "trail_insert"), ("spend_price", "trail_update"), ("audits_incident", "trail_delete"),
    ("audits_labourrate", "trail_truncate"), ("trail_event", "trail_event_is_kept"),
    ("trail_event", "trail_events_are_never_truncated"), ("trail_day", "trail_day_is_kept"),
)  # fmt: skip
SAMPLE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def scene(as_owner: None) -> None:
    """Teams made and changed three and two days ago, which are sealed, and today."""
    for number in range(3):
        team = Team.objects.create(name=f"Team {number}")
        Team.objects.filter(pk=team.pk).update(cost_centre="1")
        if number == 1:
            team.delete()
        note("export", "report-csv", "", {"rows": number})
        if number < 2:
            age(days=1 + number)
    actions.seal(at=timezone.now())


def events(*, sealed: bool) -> list[Event]:
    today = timezone.now().date()
    return [event for event in Event.objects.order_by("id") if (event.at.date() < today) == sealed]


def test_nothing_is_found_where_nothing_was_done(scene: None) -> None:
    assert faults() == []
    assert Day.objects.count() == 2
    assert len(events(sealed=True)) >= 6
    assert len(events(sealed=False)) == 3


@SAMPLE
@given(sealed=st.booleans(), at=st.integers(0), column=st.sampled_from(sorted(FALSIFIED)))
def test_an_event_that_was_changed_is_named(scene: None, sealed: bool, at: int, column: str) -> None:
    with undone():
        found = events(sealed=sealed)
        event = found[at % len(found)]
        tamper("trail_event", f"UPDATE trail_event SET {FALSIFIED[column]} WHERE id = %s", event.pk)
        assert [fault for fault in faults() if f"event {event.pk} " in fault]


@SAMPLE
@given(at=st.integers(0), column=st.sampled_from(sorted(FALSIFIED)))
def test_making_its_mark_anew_helps_nobody_once_the_day_is_sealed(scene: None, at: int, column: str) -> None:
    with undone():
        found = events(sealed=True)
        event = found[at % len(found)]
        tamper("trail_event", f"UPDATE trail_event SET {FALSIFIED[column]} WHERE id = %s", event.pk)
        tamper("trail_event", "UPDATE trail_event e SET mark = trail_mark(e) WHERE id = %s", event.pk)
        assert [fault for fault in faults() if f"event {event.pk} " in fault]


@SAMPLE
@given(at=st.integers(0))
def test_an_event_that_was_removed_from_a_sealed_day_is_named(scene: None, at: int) -> None:
    with undone():
        found = events(sealed=True)
        event = found[at % len(found)]
        tamper("trail_event", "DELETE FROM trail_event WHERE id = %s", event.pk)
        assert f"event {event.pk} of {event.at.date()} was removed after it was sealed" in faults()


@SAMPLE
@given(first=st.integers(0), second=st.integers(0))
def test_events_that_changed_places_are_named(scene: None, first: int, second: int) -> None:
    with undone():
        found = events(sealed=True)
        one, other = found[first % len(found)], found[second % len(found)]
        if one == other:
            return
        for old, new in ((one.pk, -1), (other.pk, one.pk), (-1, other.pk)):
            tamper("trail_event", "UPDATE trail_event SET id = %s WHERE id = %s", new, old)
        tamper("trail_event", "UPDATE trail_event e SET mark = trail_mark(e)")
        named = " ".join(faults())
        assert f"event {one.pk} " in named
        assert f"event {other.pk} " in named


@pytest.mark.parametrize("days", [2, 3, 1, 400])
def test_an_event_put_into_the_past_is_named(scene: None, days: int) -> None:
    """Into sealed days, into one between a seal and today, and into one before the first."""
    note("login", "session", "ada", {})
    event = Event.objects.order_by("id").last()
    assert event is not None
    tamper("trail_event", "UPDATE trail_event SET at = at - %s WHERE id = %s", timedelta(days=days), event.pk)
    if days != 1:  # that day is not sealed; the mark tells
        tamper("trail_event", "UPDATE trail_event e SET mark = trail_mark(e)")
    assert [fault for fault in faults() if f"event {event.pk} " in fault]


def test_an_event_of_today_that_was_removed_leaves_its_row_without_one(scene: None) -> None:
    team = Team.objects.get(name="Team 2")
    tamper("trail_event", "DELETE FROM trail_event WHERE object = 'accounts_team' AND key = %s", str(team.pk))
    assert faults() == [f"accounts_team {team.pk} is there, and no event says how it came"]


def test_an_event_of_today_that_was_removed_leaves_a_gap(scene: None) -> None:
    team = Team.objects.get(name="Team 2")
    Team.objects.filter(pk=team.pk).update(cost_centre="2")
    updates = Event.objects.filter(object="accounts_team", key=str(team.pk), action="update").order_by("id")
    gone, later = updates
    tamper("trail_event", "DELETE FROM trail_event WHERE id = %s", gone.pk)
    assert faults() == [f"event {later.pk} does not begin where the event before it of accounts_team {team.pk} ended"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE accounts_team SET name = 'forged' WHERE id = %s", "is not as its last event left it: name"),
        ("DELETE FROM accounts_team WHERE id = %s", "is gone, and no event says so"),
        ("UPDATE accounts_team SET id = id + 1000 WHERE id = %s", "is gone, and no event says so"),
    ],
)
def test_a_row_changed_behind_the_triggers_back_is_named(scene: None, sql: str, said: str) -> None:
    team = Team.objects.get(name="Team 0")
    tamper("accounts_team", sql, team.pk)
    assert f"accounts_team {team.pk} {said}" in faults()


def test_a_row_put_in_behind_the_triggers_back_is_named(scene: None) -> None:
    tamper("accounts_team", "INSERT INTO accounts_team (id, name, cost_centre) VALUES (77, 'forged', '')")
    assert faults() == ["accounts_team 77 is there, and no event says how it came"]


def test_a_password_changed_behind_the_triggers_back_is_named(as_owner: None) -> None:
    from accounts.models import Role
    from tests.cast import make_user

    ada = make_user("ada", Role.ADMINISTRATOR)
    tamper("accounts_user", "UPDATE accounts_user SET password = 'forged' WHERE id = %s", ada.pk)
    assert faults() == [f"accounts_user {ada.pk} is not as its last event left it: password"]


def test_a_seal_that_was_changed_is_named(scene: None) -> None:
    forged = hashlib.sha256(b"forged").digest()
    for day, column in itertools.product(Day.objects.order_by("day"), ("marks", "content", "previous", "digest")):
        value = forged + b"12345678" if column == "marks" else forged
        with undone():
            tamper("trail_day", f"UPDATE trail_day SET {column} = %s WHERE day = %s", value, day.day)
            assert [fault for fault in faults() if str(day.day) in fault], column


def test_a_seal_that_was_removed_breaks_the_one_after_it(scene: None) -> None:
    first, second = Day.objects.order_by("day")
    tamper("trail_day", "DELETE FROM trail_day WHERE day = %s", first.day)
    assert f"the seal of {second.day} does not follow from the sealed day before it" in faults()


def test_a_day_made_anew_with_its_seal_breaks_the_one_after_it(scene: None) -> None:
    first, second = Day.objects.order_by("day")
    event = events(sealed=True)[0]
    tamper("trail_event", "UPDATE trail_event SET actor = 'mallory' WHERE id = %s", event.pk)
    tamper("trail_event", "UPDATE trail_event e SET mark = trail_mark(e)")
    tamper("trail_day", "DELETE FROM trail_day")
    from trail.domain.chain import sealed
    from trail.queries.chained import marks_of

    made = sealed(first.day, marks_of(first.day), b"")
    kept = sealed(second.day, marks_of(second.day), made.digest)
    assert made.digest != bytes(first.digest)
    assert kept.digest != bytes(second.digest), "the last digest, kept elsewhere, tells"


def test_a_trigger_that_was_switched_off_is_named(as_owner: None) -> None:
    for how, (table, trigger) in itertools.product(("DISABLE", "ENABLE", "ENABLE REPLICA"), TRIGGERS):
        with undone(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {trigger}")
            assert faults() == [f"the trigger {trigger} of {table} is missing or not always enabled"]


def test_a_trigger_that_was_dropped_is_named(as_owner: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER trail_update ON accounts_user")
    assert faults() == ["the trigger trail_update of accounts_user is missing or not always enabled"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_verify_fails_and_says_so(claims: Team, capsys: pytest.CaptureFixture[str]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_team DISABLE TRIGGER trail_update")
        cursor.execute("UPDATE accounts_team SET name = 'forged' WHERE id = %s", [claims.pk])
        cursor.execute("ALTER TABLE accounts_team ENABLE ALWAYS TRIGGER trail_update")
    with pytest.raises(CommandError, match="1 faults found"):
        call_command("verify")
    assert f"accounts_team {claims.pk} is not as its last event left it: name" in capsys.readouterr().err


HARD = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8)


@SAMPLE
@given(name=HARD, reason=HARD, said=st.dictionaries(HARD, HARD | st.integers() | st.none(), max_size=3))
def test_sql_and_python_make_the_same_mark(as_owner: None, name: str, reason: str, said: dict[str, object]) -> None:
    from trail.context import Context, Doer, acting

    with undone():
        with acting(Context(who=lambda: Doer("person", name, 3), reason=reason)):
            note("export", name, reason, said)
        for event, mark in events_since(None):
            assert mark_of(event) == mark


def test_a_day_is_sealed_once_and_only_when_it_is_over(scene: None) -> None:
    assert actions.seal(at=timezone.now()) == []
    tomorrow = actions.seal(at=timezone.now() + timedelta(days=1))
    assert [day.day for day in tomorrow] == [timezone.now().date()]
    assert faults() == []


def test_the_command_seals_and_prints_digests_to_keep(
    as_owner: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trail.actions.OWNER", "default")
    Team.objects.create(name="Claims")
    age(days=1)
    Team.objects.create(name="Support")
    call_command("seal_trail")
    sealed, so_far = capsys.readouterr().out.splitlines()
    day = Day.objects.get()
    assert sealed == f"{day.day}, {day.events} events: {bytes(day.digest).hex()}"
    assert so_far.startswith(f"{timezone.now().date()}, not sealed yet, so far 1 events: ")
    call_command("seal_trail", of=day.day)
    assert capsys.readouterr().out.strip() == sealed
    with pytest.raises(CommandError, match="not sealed"):
        call_command("seal_trail", of=date(2020, 1, 1))


def test_who_writes_keeps_a_seal_waiting(transactional_db: None) -> None:
    """What is written before midnight and committed after it must not come into a day that is sealed already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 1953653100")
        assert cursor.fetchall() == []
        with transaction.atomic():
            Team.objects.create(name="A")
            cursor.execute("SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND classid = 1953653100")
            assert cursor.fetchall() == [("ShareLock",)]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_seal_gives_up_after_a_while_and_says_so() -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [LOCK])
        with pytest.raises(CommandError, match="Somebody is writing"):
            call_command("seal_trail")


def test_days_are_those_of_utc() -> None:
    from trail.domain.chain import Event as Told

    at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    one = Told(1, at, 2, "login", "session", "ada", None, "{}", "", "", None, "app", "", "", "")
    other = Told(1, at.astimezone(), 2, "login", "session", "ada", None, "{}", "", "", None, "app", "", "", "")
    assert mark_of(one) == mark_of(other)
    assert date(2026, 11, 23) == one.at.date()
