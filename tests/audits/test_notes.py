"""Notes by finance: who writes and reads them, and that nothing said is ever lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client, override_settings

from accounts.models import Role, Team, User
from audits.models import ReportNote
from audits.queries.asking import parse_query
from audits.queries.notes import notes_of
from spend.domain.periods import Month
from tests.cast import make_user

OCTOBER = "from=2026-10&to=2026-10"
NOTES = f"/report/notes?{OCTOBER}"


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def write(by: User, text: str, team: Team | None = None, month: str = "2026-10") -> ReportNote:
    said = {"month": month, "text": text, "team": team.pk if team else ""}
    assert seen_by(by).post(NOTES, said).headers["Location"] == f"/report?{OCTOBER}"
    return ReportNote.objects.latest("pk")


def texts_on_the_report(user: User, words: str = OCTOBER) -> list[str]:
    return [note.text for note in seen_by(user).get(f"/report?{words}").context["notes"]]


def test_what_finance_writes_stands_on_the_report_of_its_month(fiona: User, ada: User, claims: Team) -> None:
    write(fiona, "The gateway was double-billed.")
    write(fiona, "Corrected in December.", month="2026-11")
    assert texts_on_the_report(ada) == ["The gateway was double-billed."]
    assert texts_on_the_report(ada, "from=2026-10&to=2026-11") == [
        "The gateway was double-billed.", "Corrected in December.",
    ]  # fmt: skip
    assert texts_on_the_report(ada, "from=2026-09&to=2026-09") == []


def test_a_team_reads_what_is_said_of_it_and_of_nobody_else(
    fiona: User, lena: User, victor: User, claims: Team, support: Team
) -> None:
    write(fiona, "Of all of us")
    write(fiona, "Of Claims", claims)
    write(fiona, "Of Support", support)
    assert texts_on_the_report(lena) == texts_on_the_report(victor) == ["Of Claims"]
    assert texts_on_the_report(fiona) == ["Of all of us", "Of Claims", "Of Support"]
    assert texts_on_the_report(fiona, f"{OCTOBER}&team=Claims") == ["Of all of us", "Of Claims"]
    assert b"Of Support" not in seen_by(lena).get(NOTES).content


def test_a_neighbours_note_is_not_there(fiona: User, lena: User, claims: Team, support: Team) -> None:
    own, other, whole = write(fiona, "a", claims), write(fiona, "b", support), write(fiona, "c")
    found = [seen_by(lena).get(f"/report/notes/{note.identity}").status_code for note in (own, other, whole)]
    assert found == [200, 404, 404]


@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.VIEWER])
def test_who_only_reads_writes_nothing(fiona: User, claims: Team, role: Role) -> None:
    reader, note = make_user("rita", role, claims), write(fiona, "As it is", claims)
    client = seen_by(reader)
    answers = [
        client.post(NOTES, {"month": "2026-10", "text": "As I like it", "team": claims.pk}),
        client.post(f"/report/notes/{note.identity}", {"text": "As I like it", "version": 1}),
        client.post(f"/report/notes/{note.identity}", {"withdraw": "yes", "version": 1}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert ReportNote.objects.count() == 1
    assert b"<textarea" not in client.get(NOTES).content


def test_a_change_is_a_further_version_and_a_withdrawal_another(fiona: User, ada: User, claims: Team) -> None:
    note = write(fiona, "First")
    client = seen_by(ada)
    client.post(f"/report/notes/{note.identity}", {"text": "Second", "version": 1})
    assert texts_on_the_report(fiona) == ["Second"]
    client.post(f"/report/notes/{note.identity}", {"withdraw": "yes", "version": 2})
    assert texts_on_the_report(fiona) == []
    versions = client.get(f"/report/notes/{note.identity}").context["versions"]
    assert [(said.version, said.text, said.withdrawn, said.by) for said in versions] == [
        (3, "Second", True, "ada"), (2, "Second", False, "ada"), (1, "First", False, "fiona"),
    ]  # fmt: skip


def test_two_who_change_it_at_once_do_not_overwrite_each_other(fiona: User, ada: User) -> None:
    note = write(fiona, "First")
    seen_by(ada).post(f"/report/notes/{note.identity}", {"text": "Ada's", "version": 1})
    answer = seen_by(fiona).post(f"/report/notes/{note.identity}", {"text": "Fiona's", "version": 1}, follow=True)
    assert b"Somebody changed this note meanwhile" in answer.content
    assert texts_on_the_report(ada) == ["Ada's"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audits_reportnote SET text = 'Nothing happened'", "DELETE FROM audits_reportnote",
     "TRUNCATE audits_reportnote"],
)  # fmt: skip
def test_not_even_sql_takes_back_what_was_said(fiona: User, statement: str) -> None:
    write(fiona, "It happened")
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ReportNote.objects.get().text == "It happened"


@pytest.mark.parametrize(
    "said",
    [{"month": "October", "text": "a"}, {"month": "2026-10", "text": " "}, {"month": "2026-10", "text": "a" * 4001}],
)
def test_what_cannot_be_kept_is_said_beside_the_field(fiona: User, said: dict[str, Any]) -> None:
    answer = seen_by(fiona).post(NOTES, said)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not ReportNote.objects.exists()


def test_authors_can_be_hidden(fiona: User, ada: User) -> None:
    write(fiona, "Said by somebody")
    with override_settings(SHOW_NAMES=False):
        assert "fiona" not in seen_by(ada).get(NOTES).content.decode()


def test_files_ask_for_the_same_notes(fiona: User, claims: Team) -> None:
    write(fiona, "For the board", claims)
    query = parse_query({"from": ["2026-10"]}, teams=frozenset({claims.pk}), latest=Month(2026, 10))
    assert [(note.team, note.text, note.by) for note in notes_of(query)] == [("Claims", "For the board", "fiona")]
