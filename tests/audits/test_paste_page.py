"""Rework pasted from a spreadsheet: what is wrong is marked and mended, the good is saved, and nothing counts twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from audits.actions.catch_up import catch_up
from audits.models import Correction, Entry
from tests.audits.test_incident_pages import DOLLAR, REFERENCE, TODAY, call
from tests.build import have_reference, record
from tests.cast import NOON

HEADING = "date\ttask\tactivity\tminutes\trole"
GOOD = "2026-10-05\tT1\tfix\t60\tadjuster"
AMBIGUOUS = "05/10/2026\tT2\tredo\t1:30\tadjuster"


@pytest.fixture
def world(claims, support) -> None:
    have_reference(REFERENCE, at=NOON)
    record("call", call("T1"), call("T2", "dear"), call("S1", "dear", "Support"), at=NOON)
    catch_up(at=NOON, today=TODAY)


def sent(user: User, text: str = "", **fields: Any) -> str:
    client = Client()
    client.force_login(user)
    answer = client.post("/log/paste", {"text": text, **fields})
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode()).replace("  ", " ")


def squeezed(text: str) -> str:
    return " ".join(text.split())


def block(*rows: str) -> str:
    return "\n".join((HEADING, *rows))


def test_a_preview_saves_nothing_and_says_what_it_costs(world, lena) -> None:
    page = squeezed(sent(lena, block(GOOD, AMBIGUOUS)))
    assert not Correction.objects.exists()
    assert "1 row can be saved and costs $68.37 ." in page
    assert "1 has to be mended first" in page
    assert "may be 2026-10-05 or 2026-05-10" in page


def test_the_good_are_saved_and_the_bad_stay(world, lena) -> None:
    page = squeezed(sent(lena, block(GOOD, AMBIGUOUS), save="1"))
    assert "1 row saved." in page
    assert "1 is left to be mended below" in page
    assert Correction.objects.get().recorded_by == lena
    assert sum(Entry.objects.values_list("amount_nanos", flat=True)) == 68_370_000_000


def columns(**more: str) -> dict[str, str]:
    names = ("worked_on", "task", "activity", "minutes", "role")
    return {**{f"column-{at}": name for at, name in enumerate(names)}, "has_heading": "1", **more}


def test_a_cell_is_mended_in_place(world, lena) -> None:
    cells = dict(enumerate(("2026-10-06", "T2", "redo", "1:30", "adjuster")))
    mended = {f"cell-2-{at}": value for at, value in cells.items()}
    page = squeezed(sent(lena, block(GOOD, AMBIGUOUS), save="1", **columns(**mended)))
    assert "2 rows saved. Nothing is left." in page
    assert {str(row.worked_on) for row in Correction.objects.all()} == {"2026-10-05", "2026-10-06"}
    assert {row.minutes for row in Correction.objects.all()} == {60, 90}


def test_or_all_doubtful_days_are_told_at_once(world, lena) -> None:
    sent(lena, block(AMBIGUOUS), save="1", order="day")
    assert str(Correction.objects.get().worked_on) == "2026-10-05"


def test_the_same_block_pasted_twice_counts_once_and_says_so(world, lena) -> None:
    rows = block(GOOD, GOOD, AMBIGUOUS.replace("05/10/2026", "5.10.2026"))
    assert "3 rows saved." in squeezed(sent(lena, rows, save="1"))
    posted = sum(Entry.objects.values_list("amount_nanos", flat=True))
    assert "3 were logged before and will not count again" in squeezed(sent(lena, rows))
    assert "0 rows saved. 3 were logged before" in squeezed(sent(lena, rows, save="1"))
    assert (Correction.objects.count(), sum(Entry.objects.values_list("amount_nanos", flat=True))) == (3, posted)


def test_an_id_of_ones_own_that_says_something_else_is_marked(world, lena) -> None:
    with_id = f"{HEADING}\tid\n{GOOD}\tR-1"
    sent(lena, with_id, save="1")
    page = sent(lena, with_id.replace("60", "61"))
    assert "was sent before with other content" in page


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD.replace("adjuster", "pilot"), "no labour rate for"),
        (GOOD.replace("fix", "fixed"), "must be one of review"),
        (GOOD.replace("60", "1,500"), "may be 1500 or 1.500"),
        (GOOD.replace("2026-10-05", "2036-10-05"), "more than a day in the future"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(world, lena, row, said) -> None:
    page = sent(lena, block(row), save="1")
    assert said in page
    assert not Correction.objects.exists()


def test_a_neighbours_team_is_refused(world, lena) -> None:
    page = sent(lena, f"{HEADING}\tteam\n{GOOD}\tSupport", save="1")
    assert "not a team that this key or person writes for" in page
    assert not Correction.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_a_spreadsheet(world, lena, encoding) -> None:
    text = block(GOOD).replace("\t", ";").replace("role", "role;note") + ";Müller"
    page = sent(lena, file=SimpleUploadedFile("rework.csv", text.encode(encoding)), save="1")
    assert "1 row saved." in squeezed(page)
    assert Correction.objects.get().note == "Müller"


def test_a_file_that_is_too_large_is_refused(world, lena) -> None:
    page = sent(lena, file=SimpleUploadedFile("rework.csv", b"x" * 2_000_001))
    assert "at most 2,000,000 are taken" in page


def test_five_thousand_rows_are_one_batch(world, lena, django_assert_max_num_queries) -> None:
    rows = block(*(GOOD.replace("T1", f"T-{n}") for n in range(5_000)))
    with django_assert_max_num_queries(60):
        assert "5,000 rows can be saved" in squeezed(sent(lena, rows))
    with django_assert_max_num_queries(90):
        assert "5,000 rows saved." in squeezed(sent(lena, rows, save="1"))
    assert sum(Entry.objects.values_list("amount_nanos", flat=True)) == 5_000 * 68_370_000_000 // DOLLAR * DOLLAR


def test_the_template_has_columns_that_are_understood(world, lena) -> None:
    client = Client()
    client.force_login(lena)
    text = client.get("/log/paste/template.csv").content.decode().strip()
    page = sent(lena, f"{text}\n2026-10-05,T1,fix,5,adjuster,amended,other,,", save="1")
    assert "1 row saved." in squeezed(page)
