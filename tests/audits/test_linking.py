"""Records that name a task and no team: they wait, link themselves, and stay with the team they linked to (R12)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import Team
from audits.models import Correction
from audits.queries.story import story_of
from spend.ingest.identity import key_of
from spend.models import Outcome
from tests.audits.test_restate import CALL, REFERENCE
from tests.build import have_reference, record, report, row

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
OUTCOME = {"task": "T1", "outcome": "success"}
FIX = {"id": "k1", "task": "T1", "worked_on": "2026-10-03", "minutes": 30, "role": "adjuster", "activity": "fix"}


@pytest.fixture
def two_teams(db: None) -> None:
    have_reference(REFERENCE + "\n", at=AT)
    have_reference("teams: [{name: Support}]", at=AT)


def test_what_waits_links_itself_when_its_task_arrives(two_teams: None) -> None:
    record("outcome", OUTCOME, at=AT)
    record("correction", FIX, at=AT)
    report(AT, from_="2026-10")
    record("call", CALL, at=AT)
    line = row(report(AT, from_="2026-10"), tier="commodity")
    assert (line["successes"], line["internal_failure"]) == (1, "30.00")


def test_a_report_does_not_look_again_where_nothing_came(two_teams: None, django_assert_max_num_queries) -> None:
    record("outcome", OUTCOME, at=AT)
    report(AT, from_="2026-10")
    with django_assert_max_num_queries(60) as queries:
        report(AT, from_="2026-10")
    assert not [query for query in queries if '"spend_outcome"' in query["sql"]]


def test_a_later_version_stays_with_the_team_that_the_first_linked_to(two_teams: None) -> None:
    record("call", CALL, at=AT)
    record("outcome", OUTCOME, at=AT)
    record("correction", FIX, at=AT)
    record("call", {**CALL, "id": "c2", "team": "Support"}, at=AT)  # now two teams have a task of this name
    again = record("outcome", {"task": "T1", "withdrawn": True, "version": 2}, at=AT)
    longer = record("correction", {**FIX, "minutes": 60, "version": 2}, at=AT)
    assert not again.rejected
    assert not longer.rejected
    assert {outcome.team.name for outcome in Outcome.objects.select_related("team") if outcome.team} == {"Claims"}
    assert {fix.team.name for fix in Correction.objects.select_related("team") if fix.team} == {"Claims"}


def test_a_new_record_that_two_teams_could_own_is_refused(two_teams: None) -> None:
    record("call", CALL, {**CALL, "id": "c2", "team": "Support"}, at=AT)
    refused = record("outcome", OUTCOME, at=AT).rejected
    assert refused[0].errors == {"team": ["is required: several teams have a task of this name"]}


def test_an_incident_of_two_teams_shows_each_only_its_own_tasks(two_teams: None) -> None:
    record("call", CALL, {**CALL, "id": "c2", "task": "S1", "team": "Support"}, at=AT)
    shared = {"id": "i1", "title": "Outage", "severity": "high", "occurred_on": "2026-10-09", "loss_usd": 100}
    record("incident", {**shared, "tasks": [{"task": "T1"}, {"task": "S1"}]}, at=AT)
    report(AT, from_="2026-10")
    claims = Team.objects.get(name="Claims").pk
    story = story_of(key_of("task", claims, "T1"), teams=frozenset({claims}))
    assert story is not None
    assert [link["task"] for link in story.incidents[0]["links"]] == ["T1"]
