"""What the application's role may not do, even when its code is wrong or someone else's."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection

from accounts.models import Team


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE accounts_team ADD COLUMN mine int",
        "DROP TABLE accounts_team",
        "TRUNCATE accounts_team",
        "ALTER TABLE audits_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DELETE FROM audits_entry",
        "UPDATE audits_entry SET id = id",
    ],
)
def test_the_application_is_refused(statement: str) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_application_may_stage_rows_in_a_temporary_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE staged (LIKE accounts_team) ON COMMIT DROP")
        cursor.execute("SELECT count(*) FROM staged")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("order", ["first", "second"])
def test_a_committed_row_is_gone_in_the_next_test(transactional_db: None, order: str) -> None:
    assert not Team.objects.exists(), order
    Team.objects.create(name="Claims")
