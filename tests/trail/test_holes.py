"""Each way around the trail that is known, tried as the application's role and as the owner of the tables."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Team
from tests.trail.conftest import faults, latest, undone
from trail.models import Event
from trail.store import note

BY_ANYBODY = [
    "UPDATE trail_event SET actor = 'mallory'",
    "DELETE FROM trail_event",
    "TRUNCATE trail_event",
    "UPDATE trail_day SET digest = ''",
    "DELETE FROM trail_day",
    "TRUNCATE trail_day",
    "TRUNCATE accounts_team CASCADE",
    "TRUNCATE audits_correction",
    "SELECT trail_note('insert', 'accounts_team', '1', '{}')",
    "SELECT trail_note('kept', 'accounts_team', '1', '{}')",
]
BY_THE_APPLICATION = [
    "INSERT INTO trail_event SELECT (trail_made('{}', 'update', 'accounts_team', '1', NULL, NULL)).*",
    "INSERT INTO trail_event (at, transaction, action, object, key, actor_kind, actor, role, address, request, reason,"
    " mark) VALUES (now(), 1, 'login', 'session', 'ada', '', '', '', '', '', '', '')",
    "SELECT nextval('trail_event_id_seq')",
    "SELECT setval('trail_event_id_seq', 1)",
    "ALTER TABLE accounts_team DISABLE TRIGGER ALL",
    "DROP TRIGGER trail_update ON accounts_team",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION trail_follow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "ALTER FUNCTION trail_follow() RENAME TO gone",
    "CREATE TRIGGER mine AFTER INSERT ON accounts_team FOR EACH STATEMENT EXECUTE FUNCTION trail_follow()",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", BY_ANYBODY + BY_THE_APPLICATION)
def test_the_application_is_refused(claims: Team, statement: str) -> None:
    before = list(Event.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Event.objects.values()) == before


def test_the_owner_is_refused_while_the_triggers_stand(as_owner: None) -> None:
    Team.objects.create(name="Claims")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trail_day VALUES ('2026-01-01', 0, '', '', '', '', now(), NULL)")
        for statement in BY_ANYBODY:
            with pytest.raises(DatabaseError, match="audit trail|triggers only"), transaction.atomic():
                cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("setting", ["pgtrigger.ignore", "pghistory.ignore", "truecost.trail"])
def test_no_setting_switches_the_trail_off(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, '{"trail_event": true, "accounts_team": true}'])
        cursor.execute("INSERT INTO accounts_team (name, cost_centre) VALUES ('A', '')")
    assert latest("accounts_team").after["name"] == "A"


@pytest.mark.django_db
def test_a_table_of_ones_own_of_the_same_name_catches_no_event() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE trail_event (LIKE trail_event) ON COMMIT DROP")
        cursor.execute("INSERT INTO accounts_team (name, cost_centre) VALUES ('A', '')")
        cursor.execute("SELECT count(*) FROM public.trail_event WHERE object = 'accounts_team'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_zone_of_ones_own_changes_nothing_that_is_written(claims: Team) -> None:
    with undone(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Kathmandu'; SET LOCAL datestyle = 'German'")
        cursor.execute("UPDATE accounts_team SET name = 'B'")
        cursor.execute(
            "INSERT INTO accounts_user (username, password, is_superuser, first_name, last_name, email, is_staff,"
            " is_active, date_joined, role) VALUES ('eve', '', false, '', '', '', false, true, now(), 'viewer')"
        )
        cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'")
        assert faults() == []


def test_a_cascade_of_the_database_leaves_an_event(as_owner: None) -> None:
    Team.objects.create(name="Claims")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'accounts_membership'::regclass"
            " AND confrelid = 'accounts_team'::regclass"
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(f"ALTER TABLE accounts_membership DROP CONSTRAINT {name}")
        cursor.execute(
            f"ALTER TABLE accounts_membership ADD CONSTRAINT {name} FOREIGN KEY (team_id) REFERENCES accounts_team"
            " ON DELETE CASCADE"
        )
        cursor.execute(
            "INSERT INTO accounts_user (username, password, is_superuser, first_name, last_name, email, is_staff,"
            " is_active, date_joined, role) VALUES ('eve', '', false, '', '', '', false, true, now(), 'viewer')"
        )
        cursor.execute(
            "INSERT INTO accounts_membership (user_id, team_id) SELECT u.id, t.id FROM accounts_user u, accounts_team t"
        )
        cursor.execute("DELETE FROM accounts_team")
    assert latest("accounts_membership").action == "delete"
    assert faults() == []


@pytest.mark.django_db
def test_a_note_may_say_what_it_likes_and_is_put_down_to_who_wrote_it() -> None:
    note("login", "session", "ada", {"x": "a\x1f'\"\\ü"})
    event = latest("session")
    assert (event.role, event.after) == (connection.settings_dict["USER"], {"x": "a\x1f'\"\\ü"})
