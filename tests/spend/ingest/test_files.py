"""Files are read line by line; what is wrong is told with its line."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.cells import FLAGS, WHOLE_NUMBERS
from spend.ingest.files import LONGEST_LINE, read_records
from spend.ingest.records import Call, Incident, Item, Kind, Link, Outcome, Problem, Record
from tests.spend.ingest.builders import AT, calmly, digest, wire

CALLS = b"id,occurred_at,model,task\nc-1,2026-10-01T12:00:00Z,gpt-5,\n"


def read(data: bytes, kind: Kind = "call") -> list[Item | Problem]:
    return list(read_records(io.BytesIO(data), kind, AT))


def items_of(data: bytes, kind: Kind = "call") -> list[Item]:
    results = read(data, kind)
    assert [result for result in results if isinstance(result, Problem)] == []
    return [result for result in results if isinstance(result, Item)]


def faults_of(data: bytes, kind: Kind = "call") -> dict[int, dict[str, list[str]]]:
    return {result.index: result.errors for result in read(data, kind) if isinstance(result, Problem)}


@pytest.mark.parametrize(
    "data",
    [
        CALLS,
        b"\xef\xbb\xbf" + CALLS,
        CALLS.replace(b"\n", b"\r\n"),
        CALLS.replace(b"\n", b"\r"),
        CALLS.replace(b",", b";"),
        CALLS.replace(b",", b"\t"),
        CALLS.replace(b",", b" , "),
        CALLS.rstrip(),
        gzip.compress(CALLS, mtime=0),
        gzip.compress(CALLS[:20], mtime=0) + gzip.compress(CALLS[20:], mtime=0),
        zstandard.compress(CALLS),
        b'id,"occurred_at",model\n"c-1","2026-10-01T12:00:00Z","gpt-5"\n',
    ],
)
def test_a_call_is_the_same_in_any_file(data: bytes) -> None:
    assert [(item.index, item.digest) for item in items_of(data)] == [(2, digest("call"))]


def test_ndjson_is_told_by_its_content() -> None:
    line = json.dumps(wire("call")).encode()
    for data in (line, b"\xef\xbb\xbf" + line, gzip.compress(line, mtime=0), b"\n \n" + line):
        assert [item.digest for item in items_of(data)] == [digest("call")]
    assert items_of(b"\n\n" + line)[0].index == 3


def test_cells_become_what_json_would_have_said() -> None:
    data = b"id,occurred_at,model,input_tokens,cost_usd,final,metadata.route,metadata.n\n"
    data += b'c-1,2026-10-01T12:00:00Z,gpt-5,12,0.50,TRUE,"a;b",\n'
    [item] = items_of(data)
    assert isinstance(item.record, Call)
    assert (item.record.input_tokens, item.record.cost_usd, item.record.final) == (12, Decimal("0.5"), True)
    assert item.record.metadata == {"route": "a;b"}


@pytest.mark.parametrize(
    ("cell", "links"),
    [
        ("T1:2 T2:1", [("T1", "2"), ("T2", "1")]),
        ("T1", [("T1", "1")]),
        ("T2 T1:0.5", [("T1", "0.5"), ("T2", "1")]),
        ("run:7:2 a:b", [("a:b", "1"), ("run:7", "2")]),
        ('"[{""task"":""with blank:3""}]"', [("with blank:3", "1")]),
    ],
)
def test_incidents_name_their_tasks_in_one_cell(cell: str, links: list[tuple[str, str]]) -> None:
    data = f"id,title,severity,occurred_on,loss_usd,tasks\ni-1,Wrong payout,low,2026-09-30,5,{cell}\n"
    [item] = items_of(data.encode(), "incident")
    assert isinstance(item.record, Incident)
    assert item.record.tasks == tuple(Link(name, Decimal(weight)) for name, weight in links)


def test_lines_are_counted_through_quoted_line_ends_and_empty_lines() -> None:
    data = b'id,worked_on,minutes,role,activity,note\nk-1,2026-10-01,1,r,fix,"a\n\nb"\n\nk-2,2026-10-01,-1,r,fix,\n'
    [good, bad] = read(data, "correction")
    assert isinstance(good, Item)
    assert isinstance(bad, Problem)
    assert (good.index, bad.index, bad.id, bad.errors) == (2, 6, "k-2", {"minutes": ["must be >= 0"]})


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        ("1.5,,", {"input_tokens": ["must be a whole number, written without point or exponent"]}),
        ("many,,", {"input_tokens": ["must be a whole number, not text"]}),
        ('"1,000",,', {"input_tokens": ["must be a whole number, not text"]}),
        (',"0,50",', {"cost_usd": ["must be a number with a decimal point, not a comma"]}),
        (",$5,", {"cost_usd": ["must be a number such as 12.50"]}),
        (",,maybe", {"final": ["must be true or false, not text"]}),
        (",", {"record": ["has 5 cells where the header has 6"]}),
        (",,,", {"record": ["has 7 cells where the header has 6"]}),
    ],
)
def test_bad_cells_are_named(cells: str, errors: dict[str, list[str]]) -> None:
    header = "id,occurred_at,model,input_tokens,cost_usd,final\n"
    assert faults_of(f"{header}c-1,2026-10-01T12:00:00Z,gpt-5,{cells}\n".encode()) == {2: errors}


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (
            b"id,model,cost\nx,y,1\nx,y,1\n",
            {"cost": ["is not a column of calls"], "occurred_at": ["is a required column"]},
        ),
        (CALLS.replace(b"task", b"id"), {"id": ["is there twice"]}),
        (CALLS.replace(b"task", b""), {"column 4": ["has no name"]}),
        (CALLS.decode().encode("utf-16"), {"file": ["must be UTF-8, not UTF-16"]}),
        (b'[{"id":"c-1"}]', {"file": ["must be CSV or NDJSON (one object a line), not a JSON list"]}),
    ],
)
def test_a_bad_header_is_told_once(data: bytes, errors: dict[str, list[str]]) -> None:
    assert faults_of(data) == {1: errors}
    assert len(read(data)) == 1


def test_an_empty_file_lacks_its_columns() -> None:
    assert faults_of(b"")[1].keys() == {"id", "occurred_at", "model"}


def test_other_encodings_are_refused_by_line() -> None:
    data = CALLS + "c-2,2026-10-01T12:00:00Z,gpt-5,sch\u00e4den\n".encode("cp1252")
    assert faults_of(data) == {3: {"task": ["must not contain control characters or invalid UTF-8"]}}


def test_the_first_unreadable_place_ends_the_file() -> None:
    assert faults_of(CALLS + b'c-2,"open\n' + CALLS).keys() == {3}
    assert "nothing after it was read" in faults_of(CALLS + b'c-2,"open\n')[3]["record"][0]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_file_that_is_cut_off_says_so(pack: Any) -> None:
    results = read(pack(CALLS)[:-4])
    assert isinstance(results[-1], Problem)
    assert results[-1].errors == {"file": ["cannot be unpacked: it is cut off"]}


def test_withdrawals_need_few_columns() -> None:
    data = b"task,version,withdrawn\nclaim-1,2,true\nclaim-2,2,false\n"
    [withdrawn, other] = read(data, "outcome")
    assert isinstance(withdrawn, Item)
    assert isinstance(other, Problem)
    assert other.errors == {"outcome": ["is required"]}


def test_endless_lines_are_refused() -> None:
    for data in (CALLS + b"x" * (2 * LONGEST_LINE), b'{"id":"' + b"x" * (2 * LONGEST_LINE)):
        [fault] = faults_of(data).values()
        assert "nothing after it was read" in fault["record"][0]


def test_memory_does_not_grow_with_the_file() -> None:
    row = CALLS.split(b"\n")[1] + b"\n"
    packed = gzip.compress(CALLS + row * 20_000, 1, mtime=0)
    tracemalloc.start()
    assert sum(1 for _ in read_records(io.BytesIO(packed), "call", AT)) == 20_001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_every_number_and_flag_of_the_records_is_one_in_cells() -> None:
    records: list[type[Record]] = [Call, Outcome, Incident]
    hints = {name: {hint, *get_args(hint)} for record in records for name, hint in get_type_hints(record).items()}
    assert {name for name, types in hints.items() if int in types} == WHOLE_NUMBERS
    assert {name for name, types in hints.items() if bool in types} | {"withdrawn"} == FLAGS


@calmly
@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_make_problems_only(junk: bytes, after_a_header: bool) -> None:
    for result in read(CALLS + junk if after_a_header else junk):
        if isinstance(result, Problem):
            json.dumps([result.id, result.errors], ensure_ascii=False).encode()
