"""Lists add up to the figures that lead to them, to the nano-dollar, in both lenses; pages lose and repeat nothing."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from accounts.models import Team
from audits.actions.reports import answer
from audits.queries import lists
from audits.queries.asking import BadQuery, parse_query
from audits.queries.lists import Listing, months, parse_listing
from spend.domain.periods import Month
from tests.build import record
from tests.simulated import LOADED_AT

OCTOBER = {"from": ["2026-10"], "to": ["2026-10"]}


pytestmark = pytest.mark.usefixtures("year")


def asked(kind: str, **words: str) -> Listing:
    given = OCTOBER | {name.rstrip("_"): [value] for name, value in words.items()}
    return parse_listing(given, kind=kind, teams=None)


def words_of(row) -> dict[str, str]:
    return {name: "unattributed" if value is None else value for name, value in row.names.items() if name != "route"}


def route_of(row) -> dict[str, str]:
    return {"route": row.names["route"] or "none"} if "route" in row.names else {}


@pytest.mark.parametrize("lens", ["responsible", "route"])
@pytest.mark.parametrize("by", ["tier", "model", "team", "task_type", "route", "tier,team"])
def test_they_add_up_to_the_report(lens: str, by: str) -> None:
    query = parse_query({**OCTOBER, "by": [by], "lens": [lens]}, teams=None, latest=Month(2026, 10))
    report = answer(query, at=LOADED_AT)
    assert report.rows
    for row in report.rows:
        words = words_of(row) | route_of(row) | {"lens": lens}
        line = row.line
        calls = lists.sums_of_calls(asked("calls", **words))
        assert (calls["calls"], calls["priced_calls"]) == (line.calls, line.priced_calls)
        assert calls["cost_nanos"] == (line.token_bill or 0)
        wasted = lists.sums_of_calls(asked("calls", wasted="yes", **words))
        assert wasted["cost_nanos"] == line.wasted_tokens
        for category in ("fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure"):
            entries = lists.sums_of_entries(asked("entries", category=category, **words))
            assert entries["amount_nanos"] == getattr(line, category), category
        assert lists.sums_of_entries(asked("entries", nature="labour", **words))["amount_nanos"] == line.labour
        assert lists.sums_of_entries(asked("entries", traced="no", **words))["amount_nanos"] == line.allocated
        assert lists.sums_of_entries(asked("entries", source="incident", **words))["amount_nanos"] == line.incident_cost
        pending = [
            lists.sums_of_calls(asked("calls", state="pending", **words))["cost_nanos"],
            lists.sums_of_entries(asked("entries", state="pending", **words))["amount_nanos"],
        ]
        assert sum(amount or 0 for amount in pending) == line.pending_cost
        tasks = lists.sums_of_tasks(asked("tasks", **words))
        assert tasks == {
            "tasks": line.tasks, "success": line.successes, "failure": line.failures, "pending": line.pending,
        }  # fmt: skip
        first_pass = lists.sums_of_tasks(asked("tasks", first_pass="yes", **words))
        assert first_pass["tasks"] == line.first_pass
        presumed = lists.sums_of_tasks(asked("tasks", state="success", decided_by="window", **words))
        assert presumed["tasks"] == line.presumed
        amended = lists.sums_of_tasks(asked("tasks", state="success", first_pass="no", **words))
        assert amended["tasks"] == line.amended
        judged = lists.sums_of_tasks(asked("tasks", judged="yes", **words))
        assert judged["tasks"] == line.judged
        unjudged = lists.sums_of_tasks(asked("tasks", judged="no", **words))
        assert unjudged["tasks"] == line.tasks - line.judged


@pytest.mark.parametrize("lens", ["responsible", "route"])
@pytest.mark.parametrize("by", ["tier", "model", "team", "route", "tier,model"])
def test_tries_are_of_tasks_that_tried(lens: str, by: str) -> None:
    query = parse_query({**OCTOBER, "by": [by], "lens": [lens]}, teams=None, latest=Month(2026, 10))
    of = {"tries_of": "model" if "model" in by else "tier"}
    for row in answer(query, at=LOADED_AT).rows:
        words = words_of(row) | route_of(row) | of | {"lens": lens}
        assert lists.sums_of_tasks(asked("tasks", tried="all", **words))["tries"] == row.line.attempts
        assert lists.sums_of_tasks(asked("tasks", tried="escalated", **words))["tries"] == row.line.escalated


def test_each_task_that_tried_a_tier_is_one_try_of_it() -> None:
    for row in answer(parse_query(OCTOBER, teams=None, latest=Month(2026, 10)), at=LOADED_AT).rows:
        sums = lists.sums_of_tasks(asked("tasks", tried="all", **words_of(row)))
        assert sums["tasks"] == sums["tries"]


def test_open_incidents_are_those_that_coverage_counts() -> None:
    record("incident", {
        "id": "open-1", "title": "Under inquiry", "severity": "low", "occurred_on": "2026-10-07", "status": "open",
        "loss_usd": "5",
    }, at=LOADED_AT)  # fmt: skip
    query = parse_query(OCTOBER, teams=None, latest=Month(2026, 10))
    still_open = answer(query, at=LOADED_AT).coverage.open_incidents
    assert lists.sums_of_incidents(asked("incidents", status="open"))["incidents"] == still_open > 0
    assert len(lists.incidents(asked("incidents", status="open")).rows) == still_open


def test_an_incident_of_no_team_is_seen_by_the_teams_of_its_tasks_each_with_its_own() -> None:
    rows = lists.tasks(Listing("tasks"), limit=1_000).rows
    mine = next(row for row in rows if row["id"])
    theirs = next(row for row in rows if row["id"] and row["team"] != mine["team"])
    record("incident", {
        "id": "shared-1", "title": "Two teams", "severity": "low", "occurred_on": "2026-10-07", "loss_usd": "8",
        "tasks": [{"task": mine["id"]}, {"task": theirs["id"]}],
    }, at=LOADED_AT)  # fmt: skip
    team = Team.objects.get(name=mine["team"]).pk

    def seen(teams: frozenset[int] | None) -> list[dict[str, Any]]:
        return [row for row in lists.incidents(Listing("incidents", teams=teams)).rows if row["id"] == "shared-1"]

    [whole], [own], nobodys = seen(None), seen(frozenset({team})), seen(frozenset({0}))
    assert ({link["task"] for link in whole["links"]}, whole["entries_nanos"]) == (
        {mine["id"], theirs["id"]}, 8 * 10**9,
    )  # fmt: skip
    assert ({link["task"] for link in own["links"]}, own["entries_nanos"]) == ({mine["id"]}, 4 * 10**9)
    assert nobodys == []


# Words that monthly rows answer, with those that they do not, so that rows are added up one by one.
_EITHER_WAY = [
    {}, {"priced": "yes"}, {"priced": "no"}, {"wasted": "yes"}, {"other_months": "no"}, {"other_months": "yes"},
    {"state": "pending"}, {"state": "success"}, {"state": "success", "first_pass": "no"}, {"judged": "no"},
    {"tried": "all", "tries_of": "model"}, {"tried": "failed"}, {"source": "incident"}, {"nature": "cash"},
]  # fmt: skip
_PERIODS = [OCTOBER, {"from": ["2026-08"], "to": ["2026-10"]}, {}]
_ROWS = [{}, {"tier": "commodity"}, {"team": "Property Claims", "route": "commodity>frontier"}]


@pytest.mark.parametrize("kind", ["calls", "tasks", "entries"])
@pytest.mark.parametrize("words", _EITHER_WAY, ids=str)
def test_months_say_what_adding_up_rows_says(monkeypatch: pytest.MonkeyPatch, kind: str, words: dict[str, str]) -> None:
    if not lists.WORDS[kind].keys() >= words.keys() or (kind == "calls" and "source" in words):  # there: who sent them
        return
    read = getattr(lists, f"sums_of_{kind}")
    for period, row, lens in product(_PERIODS, _ROWS, ("responsible", "route")):
        given = period | {name: [value] for name, value in (words | row | {"lens": lens}).items()}
        listing = parse_listing(given, kind=kind, teams=None)
        by_months = {name: value for name, value in read(listing).items() if value is not None}
        with monkeypatch.context() as patch:
            for name in ("sums_of_calls", "sums_of_tasks", "tries", "amount_of_entries"):
                patch.setattr(months, name, lambda *_, **__: None)
            by_rows = read(listing)
        assert None not in by_rows.values()
        assert by_months
        assert by_months == {name: by_rows[name] for name in by_months}, given


def test_a_list_of_too_many_rows_says_so_and_not_a_wrong_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "MOST_ADDED", 10)
    assert set(lists.sums_of_calls(asked("calls", purpose="attempt")).values()) == {None}
    assert set(lists.sums_of_tasks(asked("tasks", decided_by="verdict")).values()) == {None}
    assert lists.sums_of_calls(asked("calls"))["calls"]  # months know


@pytest.mark.parametrize(("kind", "key"), [("calls", "key"), ("tasks", "key"), ("entries", "id")])
def test_pages_lose_and_repeat_nothing(kind: str, key: str) -> None:
    read = getattr(lists, kind)
    whole = read(asked(kind), limit=10_000)
    assert whole.cursor is None
    seen, cursor = [], None
    while True:
        page = read(asked(kind), cursor=cursor, limit=37)
        seen += page.rows
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == whole.rows
    assert len({row[key] for row in seen}) == len(seen) > 37


def test_rows_of_calls_add_up_as_their_sum_says() -> None:
    rows = lists.calls(asked("calls", tier="commodity"), limit=10_000).rows
    assert rows == sorted(rows, key=lambda row: row["occurred_at"], reverse=True)
    sums = lists.sums_of_calls(asked("calls", tier="commodity"))
    assert (len(rows), sum(row["cost_nanos"] or 0 for row in rows)) == (sums["calls"], sums["cost_nanos"])


def test_corrections_and_incidents_are_listed_with_what_they_cost() -> None:
    everything = Listing("corrections")
    rows = lists.corrections(everything, limit=10_000).rows
    assert sum(row["entries_nanos"] for row in rows) == sum(
        lists.sums_of_entries(Listing("entries", only={"source": (source,)}))["amount_nanos"]
        for source in ("correction",)
    )
    incidents = lists.incidents(Listing("incidents"), limit=10_000).rows
    assert {row["status"] for row in incidents} >= {"confirmed"}
    assert any(row["links"] for row in incidents)


def test_a_neighbours_rows_are_not_there() -> None:
    nobody = frozenset({0})
    for kind in ("calls", "tasks", "entries", "corrections", "incidents"):
        assert getattr(lists, kind)(Listing(kind, teams=nobody)).rows == []
    key = lists.tasks(Listing("tasks")).rows[0]["key"]
    assert lists.task_of(key, teams=None)
    assert lists.task_of(key, teams=nobody) is None


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ({"cost": ["1"]}, {"cost"}),
        ({"state": ["done"]}, {"state"}),
        ({"to": ["2026-10"]}, {"from"}),
        ({"from": ["2026-11"], "to": ["2026-10"]}, {"to"}),
        ({"route": ["commodity>none such"]}, {"route"}),
        ({"team": ["Nobody's"], "tier": ["best"]}, {"team", "tier"}),
        ({"task": ["a\x00b"]}, {"task"}),
    ],
)
def test_bad_words_are_named(words, names) -> None:
    with pytest.raises(BadQuery) as problem:
        parse_listing(words, kind="calls", teams=None)
    assert set(problem.value.errors) == names


@pytest.mark.parametrize("cursor", ["!", "W10", "WyIxIl0", "bnVsbA", "WyJ4IiwgInkiXQ", "ü"])
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadQuery):
        lists.calls(Listing("calls"), cursor=cursor)
