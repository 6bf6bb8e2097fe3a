"""Reference data in memory is never older than the database, nor newer than what was committed."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Team
from spend.queries.book import book


def make_and_take_back(name: str) -> None:
    with transaction.atomic():
        Team.objects.create(name=name)
        assert name in book().teams
        transaction.set_rollback(True)


def test_it_is_read_again_when_anything_changed(db: None) -> None:
    before = book()
    assert book() is before
    Team.objects.create(name="Claims")
    assert "Claims" in book().teams


def test_what_was_rolled_back_is_forgotten_even_if_something_else_changes_next(db: None) -> None:
    make_and_take_back("never was")
    Team.objects.create(name="Support")
    assert set(book().teams) == {"Support"}


def test_the_same_after_two_changes_that_were_taken_back(db: None) -> None:
    make_and_take_back("one")
    make_and_take_back("two")
    assert book().teams == {}
