"""Exports of the tools people work with, as corrections."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from spend.ingest.people.files import read_export
from spend.ingest.people.profile import PROFILE_KINDS, ProfileKind, default_profile
from spend.ingest.people.reading import LeftOut, PeoplesRows
from spend.ingest.records import Correction, Item, Problem, Withdrawal
from tests.spend.ingest.people import exports

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str | bytes, kind: ProfileKind, role: str = "engineer", **changes) -> list[Item | Problem | LeftOut]:
    profile = replace(default_profile(kind), **changes)
    data = text.encode() if isinstance(text, str) else text
    return list(read_export(io.BytesIO(data), PeoplesRows(kind, profile, AT, BERLIN, role)))


def corrections(text: str, kind: ProfileKind, **changes) -> list[Correction]:
    found = read(text, kind, **changes)
    items = [one for one in found if isinstance(one, Item)]
    assert len(items) == len(found), found
    return [one.record for one in items]


def test_reviews_of_github_are_verdicts_without_invented_minutes():
    approved, asked, commented, dismissed = read(exports.GITHUB_API, "github")
    assert (approved.record.id, approved.record.task) == ("github-PRR_a1", "acme/web#42")
    assert (approved.record.verdict, approved.record.activity) == ("accepted", "review")
    assert (approved.record.minutes, approved.record.provenance) == (0, None)
    assert asked.record.verdict == "amended"
    assert commented == LeftOut(4, "COMMENTED is left out")
    assert isinstance(dismissed.record, Withdrawal)
    assert dismissed.record.id == "github-PRR_a4"


def test_what_changes_requested_means_is_for_the_mapping_to_say():
    verdicts = {**default_profile("github").verdicts, "changes_requested": "rejected"}
    assert read(exports.GITHUB_API, "github", verdicts=verdicts)[1].record.verdict == "rejected"


def test_minutes_a_review_takes_may_be_estimated():
    first, *_ = read(exports.GITHUB_API, "github", minutes_otherwise="12")
    assert (first.record.minutes, first.record.provenance) == (12, "estimated")


def test_a_dismissal_without_a_time_of_change_takes_back_what_was_said():
    before, after = "id,state,submitted_at,pull request\n1,{},2026-11-04T09:12:31Z,a/b#1\n", ("APPROVED", "DISMISSED")
    said, taken_back = (read(before.format(state), "github")[0].record for state in after)
    assert said.id == taken_back.id
    assert said.version < taken_back.version


def test_worklogs_of_jira():
    first, second = corrections(exports.JIRA, "jira")
    assert (first.id, first.task, first.minutes) == ("jira-90011", "AI-7", 90)
    assert first.worked_on == date(2026, 11, 4)  # half past midnight in Berlin
    assert (first.activity, first.provenance, first.note) == ("fix", "self_reported", None)
    assert (second.worked_on, second.minutes) == (date(2026, 11, 4), 20)


def test_comments_are_kept_only_where_the_mapping_says_so():
    first, _ = corrections(exports.JIRA, "jira", note=("Comment",))
    assert first.note == "rewrote it,\nall of it"


def test_a_worklog_that_was_edited_is_the_next_version():
    first, _ = corrections(exports.JIRA, "jira")
    edited = exports.JIRA.replace("5400", "6000").replace("2026-11-04T08:00", "2026-11-05T08:00")
    later, _ = corrections(edited, "jira")
    assert (later.id, later.minutes) == (first.id, 100)
    assert later.version > first.version


def test_rows_without_an_id_are_told_apart_and_recognised():
    once, twice = (corrections(exports.JIRA_WORDS, "jira") for _ in range(2))
    assert [one.id for one in once] == [one.id for one in twice]
    assert once[0].id != once[1].id
    assert once[0].minutes == Decimal(8 * 60 + 150)


def test_time_of_zendesk_is_by_ticket_and_agent():
    ana, ben = corrections(exports.ZENDESK, "zendesk")
    assert (ana.id, ben.id) == ("zendesk-1801-Ana", "zendesk-1801-Ben")
    assert (ana.task, ana.minutes, ana.activity) == ("1801", Decimal("12.5667"), "support")


def test_csv_of_ones_own_may_use_our_words():
    [one] = corrections(exports.CSV, "csv", role="")
    assert (one.minutes, one.role, one.activity) == (Decimal("7.5"), "engineer", "fix")
    assert (one.verdict, one.cause) == ("amended", "wrong_template")


def test_the_author_says_whose_hour_it_was():
    found = read(exports.ZENDESK, "zendesk", role="", roles={"ana": "agent"})
    assert found[0].record.role == "agent"
    assert "Ben has none in the table" in found[1].errors["role"][0]


def test_a_pattern_finds_the_task_and_leaves_out_what_has_none():
    text = (
        "id,state,submitted_at,title,branch\n1,approved,2026-11-04T09:00:00Z,Fix,ai/T-17\n2,approved,2026-11-04,Own,x\n"
    )
    ours, own = read(text, "github", task=("title", "branch"), task_pattern=r"ai/([A-Z]+-\d+)")
    assert ours.record.task == "T-17"
    assert own == LeftOut(3, "names no task of the pattern")


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("AI-9,,2026-11-04,20m", None, None),
        (",,2026-11-04,20m", "task", "is required: the row names none"),
        ("AI-9,,05/06/2026,20m", "worked_on", "may be"),
        ("AI-9,,2026-11-04,soon", "minutes", "must be minutes such as"),
        ("AI-9,,2027-11-04,20m", "worked_on", "in the future"),
        ("AI-9,splendid,2026-11-04,20m", "verdict", "splendid is not in the table"),
        ("AI-9,,,20m", "worked_on", "is required"),
        ("AI-9,,2026-11-04,20m,more", "record", "5 cells"),
    ],
)
def test_each_line_says_what_is_wrong_with_it(row, field, reason):
    [found] = read(f"Issue Key,Verdict,Started,Time Spent\n{row}\n", "jira")
    if field is None:
        assert isinstance(found, Item)
    else:
        assert found.index == 2
        assert reason in " ".join(found.errors[field])


def test_a_file_without_the_columns_says_which_are_looked_for_and_which_are_there():
    [found] = read("a,b\n1,2\n", "jira")
    assert "issue key" in found.errors["task"][0]
    assert found.errors["record"] == ["has the columns a, b"]


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None)
def test_no_file_is_an_error_of_ours(data):
    for kind in PROFILE_KINDS:
        heading = b"id,issue key,ticket id,pull request,task,date,started,submitted at,minutes,state,updated\n"
        for found in [*read(data, kind), *read(heading + data, kind)]:
            assert isinstance(found, Item | Problem | LeftOut)


CELL = st.sampled_from(["", "AI-1", "1h 30m", "90", "2026-11-04", "04/Nov/26 9:15 AM", "approved", "x" * 201, "1e9"])


@given(st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=8))
@settings(max_examples=100, deadline=None)
def test_the_same_rows_are_the_same_records(rows):
    lines = ["key,started,time spent,author,updated,verdict", *(",".join(row) for row in rows)]
    text = "\n".join(lines)
    first, second = read(text, "jira"), read(text, "jira")
    assert first == second
    ids = [one.record.id for one in first if isinstance(one, Item)]
    assert len(ids) == len(set(ids))
