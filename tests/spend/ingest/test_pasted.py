"""Rework pasted from spreadsheets: any text is read or refused with a reason; the same rows are the same records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.human_cells import read_day, read_minutes
from spend.ingest.pasted import MOST_ROWS, Columns, Table, decoded, guess_columns, read_table, rows_of, table_text
from tests.cast import NOON

HEADED = "Date\tClaim\tWhat\tMinutes\tRole\n2026-10-05\tT1\tFix\t45\tadjuster\n5.10.2026\tT2\tredo\t1:30\tadjuster"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-10-05", "", "2026-10-05"),
        ("2026-10-05 00:00:00", "", "2026-10-05"),
        ("5.10.2026", "", "2026-10-05"),
        ("13/10/2026", "", "2026-10-13"),
        ("10/13/2026", "", "2026-10-13"),
        ("05/05/2026", "", "2026-05-05"),
        ("05/10/2026", "day", "2026-10-05"),
        ("05/10/2026", "month", "2026-05-10"),
        ("5 Oct 2026", "", "2026-10-05"),
        ("Oct 5, 2026", "", "2026-10-05"),
        ("05-Oct-2026", "", "2026-10-05"),
    ],
)
def test_a_day_that_means_one_thing_is_read(text, order, day):
    assert read_day(text, order) == day


@pytest.mark.parametrize("text", ["05/10/2026", "05-10-2026", "5.10.26", "46300", "2026-13-01", "31/02/2026", "soon"])
def test_a_day_that_may_mean_two_things_or_none_is_refused(text):
    with pytest.raises(ValueError, match="may be 2026-10-05 or 2026-05-10|must be a day"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", "45"), ("7.5", "7.5"), ("7,5", "7.5"), ("1:30", "90"), ("1:30:00", "90"), ("1,5 h", "90"),
        ("1.5h", "90"), ("1 h 30 min", "90"), ("90 min", "90"), ("2 hours", "120"), ("0", "0"),
    ],
)  # fmt: skip
def test_minutes_as_people_write_them(text, minutes):
    assert read_minutes(text) == minutes


def test_a_column_of_hours_is_in_hours():
    assert read_minutes("1,5", in_hours=True) == "90"
    assert read_minutes("45 min", in_hours=True) == "45"


@pytest.mark.parametrize("text", ["1,500", "half an hour", "-5", "1:75", "", "h"])
def test_minutes_that_may_mean_two_things_or_none_are_refused(text):
    with pytest.raises(ValueError, match="may be 1500 or|must be minutes"):
        read_minutes(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_encodings_of_spreadsheets(encoding):
    assert decoded("Müller; 5 €".encode(encoding)) == "Müller; 5 €"


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_the_delimiter_is_told_by_the_first_line(delimiter):
    table = read_table(HEADED.replace("\t", delimiter))
    assert [len(row) for row in table.rows] == [5, 5, 5]


def test_headings_say_what_the_columns_are():
    assert guess_columns(read_table(HEADED)) == Columns(["worked_on", "task", "activity", "minutes", "role"], True)


def test_without_headings_their_content_says_it():
    table = read_table(HEADED.partition("\n")[2])
    guessed = guess_columns(table, roles=frozenset({"adjuster"}))
    assert guessed == Columns(["worked_on", "task", "activity", "minutes", "role"], False)


def records(text, **more):
    table = read_table(text)
    rows = rows_of(table, guess_columns(table), at=NOON, **more)
    return [{"errors": row.errors} if row.item is None else {"id": row.item.record.id} for row in rows]


def test_the_same_rows_pasted_again_are_the_same_records_and_equal_rows_are_two():
    first = records(HEADED + "\n2026-10-05\tT1\tfix\t45\tadjuster")
    assert len({row["id"] for row in first}) == 3
    assert records(HEADED + "\n2026-10-05\tT1\tFIX\t0:45\tadjuster") == first
    assert records("\n\n".join(HEADED.split("\n"))) == first[:2]


def test_what_is_wrong_is_said_of_its_cell():
    [row] = records("date\ttask\tactivity\tminutes\trole\n05/10/2026\tT1\tfixed\tlong\t")
    assert set(row["errors"]) == {"worked_on", "minutes", "activity", "role"}


def test_what_a_row_does_not_say_stands_above():
    text = "date\ttask\tminutes\n2026-10-05\tT1\t5"
    assert set(records(text)[0]["errors"]) == {"activity", "role"}
    assert "id" in records(text, defaults={"activity": "fix", "role": "adjuster"})[0]


def test_rows_beyond_the_bound_are_counted():
    table = read_table("\n".join(f"T{n}\t5" for n in range(MOST_ROWS + 11)))
    assert (len(table.rows), table.cut) == (MOST_ROWS + 1, 10)


@given(st.text())
def test_no_text_is_too_much(text):
    table = read_table(text)
    for row in rows_of(table, guess_columns(table), at=NOON):
        assert row.item or row.errors


@given(st.binary())
def test_no_file_is_too_much(data):
    read_table(decoded(data))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=20).map(str.strip)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=5).filter(lambda row: any(row)), max_size=8))
def test_what_is_written_is_read_back(rows):
    assert read_table(table_text(rows)) == Table(rows)
