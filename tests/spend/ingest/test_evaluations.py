"""Evaluations and Langfuse scores as outcomes, corrections, problems, or nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.bodies import BadBody
from spend.ingest.evaluations import Evaluation, record_of
from spend.ingest.langfuse import WORDS, read_scores
from spend.ingest.mapping import Mapping, default_of
from spend.ingest.records import Correction, Item, Outcome, Problem

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SCORE: dict[str, Any] = {
    "id": "s-1", "name": "task_success", "value": 1.0, "traceId": TRACE, "timestamp": "2026-11-20T10:00:00.123Z",
}  # fmt: skip
VERDICT = {**SCORE, "name": "human_verdict", "value": "accepted", "metadata": {"role": "adjuster"}}


def read(score: Any, mapping: Mapping | None = None, zone: str = "UTC") -> Item | Problem | None:
    scores = read_scores(json.dumps(score).encode(), AT)
    if scores.problems:
        return scores.problems[0]
    return record_of(scores.evaluations[0], mapping or default_of("langfuse"), at=AT, zone=ZoneInfo(zone))


def record(score: Any, mapping: Mapping | None = None, zone: str = "UTC") -> Any:
    item = read(score, mapping, zone)
    assert isinstance(item, Item), item
    return item.record


def faults(score: Any, mapping: Mapping | None = None) -> dict[str, list[str]]:
    problem = read(score, mapping)
    assert isinstance(problem, Problem), problem
    return problem.errors


def test_a_named_success_is_the_outcome_of_its_trace():
    outcome = record(SCORE)
    assert isinstance(outcome, Outcome)
    assert (outcome.task, outcome.outcome) == (TRACE, "success")
    assert outcome.occurred_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_most_scores_are_nothing_to_us():
    assert read({"name": "relevance", "value": 0.3, "traceId": TRACE}) is None
    assert read({"name": "anything", "value": "x" * 500, "datasetRunId": "run-1", "traceId": None}) is None


def test_minutes_make_a_correction_of_the_call():
    metadata = {"rework_minutes": 12.5, "role": "adjuster", "cause": "retrieval"}
    found = record({**VERDICT, "observationId": SPAN.upper(), "value": "amended", "metadata": metadata})
    assert isinstance(found, Correction)
    assert (found.id, found.call, found.task) == ("s-1", f"{TRACE}-{SPAN}", None)
    assert (found.minutes, found.role, found.activity, found.verdict) == (Decimal("12.5"), "adjuster", "fix", "amended")
    assert (found.worked_on, found.provenance, found.cause) == (date(2026, 11, 20), "self_reported", "retrieval")


@pytest.mark.parametrize(
    ("score", "verdict", "activity"),
    [
        ({}, "accepted", "review"),
        ({"value": "rejected"}, "rejected", "redo"),
        ({"dataType": "CORRECTION", "name": "output", "value": "The text as it should be."}, "amended", "fix"),
        ({"name": "verdict", "source": "ANNOTATION", "value": 0}, "rejected", "redo"),
        ({"name": "verdict", "metadata": {"role": "adjuster", "annotator_kind": "human"}}, "accepted", "review"),
        ({"name": "task_success", "value": 1, "metadata": {"role": "adjuster", "rework_minutes": 5}}, "amended", "fix"),
        ({"name": "task_success", "value": 0, "metadata": {"role": "x", "rework_minutes": 5}}, "rejected", "redo"),
        ({"name": "tone", "value": 0.2, "metadata": {"role": "adjuster", "rework_minutes": 5}}, None, "fix"),
        ({"metadata": {"role": "adjuster", "activity": "support"}}, "accepted", "support"),
    ],
)
def test_verdicts(score, verdict, activity):
    found = record({**VERDICT, **score})
    assert (found.verdict, found.activity) == (verdict, activity)


def test_text_that_a_person_wrote_is_not_kept():
    found = record({**VERDICT, "dataType": "CORRECTION", "value": "secret", "comment": "secret"})
    assert "secret" not in repr(found)


def test_the_day_of_the_work_is_that_of_the_reporting_zone():
    late = {**VERDICT, "timestamp": "2026-11-19T23:30:00Z"}
    assert record(late).worked_on == date(2026, 11, 19)
    assert record(late, zone="Europe/Berlin").worked_on == date(2026, 11, 20)
    stated = {**late, "metadata": {"role": "adjuster", "worked_on": "2026-11-01"}}
    assert record(stated).worked_on == date(2026, 11, 1)


def test_a_later_word_is_a_higher_version_in_whatever_order():
    later = {**SCORE, "value": 0, "timestamp": "2026-11-20T10:00:02Z"}
    assert record(later).version == record(SCORE).version + 2
    assert record({**SCORE, "timestamp": None}).version == 1
    assert record({**SCORE, "timestamp": "2001-01-01T00:00:00Z"}).version == 1


def test_a_score_without_id_is_known_by_its_content():
    anonymous = {name: value for name, value in VERDICT.items() if name != "id"}
    assert record(anonymous).id == record(anonymous).id
    assert record(anonymous).id != record({**anonymous, "value": "rejected"}).id
    assert record({**anonymous, "name": "human_review"}).id != record(anonymous).id


def test_the_mapping_and_the_metadata_name_tasks_teams_and_roles():
    by_session = Mapping(task=("session.id",), verdicts=default_of("langfuse").verdicts, role="clerk",
                         activities={"accepted": "support"}, teams={"emea": "Claims"}, spans_are="tasks")  # fmt: skip
    found = record({**VERDICT, "sessionId": "claim-7", "observationId": SPAN, "metadata": {"team": "emea"}}, by_session)
    assert (found.task, found.call, found.role, found.team) == ("claim-7", None, "clerk", "Claims")
    assert found.activity == "support"
    assert record({**VERDICT, "sessionId": "claim-7"}).task == TRACE
    named = {**VERDICT, "observationId": SPAN, "metadata": {"role": "adjuster", "task": 4711}}
    assert (record(named).task, record(named).call) == ("4711", None)


@pytest.mark.parametrize(
    ("score", "field"),
    [
        ({**SCORE, "value": 0.7}, "value"),
        ({**SCORE, "value": None}, "value"),
        ({**SCORE, "value": [1]}, "value"),
        ({**SCORE, "name": None}, "name"),
        ({**SCORE, "name": "x" * 201}, "name"),
        ({**SCORE, "traceId": None}, "traceId"),
        ({**SCORE, "traceId": 5}, "traceId"),
        ({**SCORE, "timestamp": "yesterday"}, "timestamp"),
        ({**SCORE, "timestamp": "2099-01-01T00:00:00Z"}, "timestamp"),
        ({**VERDICT, "metadata": None}, "metadata.role"),
        ({**VERDICT, "metadata": {"role": ["adjuster"]}}, "metadata.role"),
        ({**VERDICT, "traceId": None}, "traceId"),
        ({**VERDICT, "timestamp": None}, "timestamp"),
        ({**VERDICT, "value": "splendid"}, "value"),
        ({**VERDICT, "metadata": {"role": "adjuster", "rework_minutes": "long"}}, "metadata.rework_minutes"),
        ({**VERDICT, "metadata": {"role": "adjuster", "rework_minutes": -1}}, "metadata.rework_minutes"),
        ({**VERDICT, "metadata": {"role": "adjuster", "activity": "nap"}}, "metadata.activity"),
        ({**VERDICT, "source": "EVAL", "metadata": {"rework_minutes": 5}}, "metadata.rework_minutes"),
        ("no score", "record"),
    ],
)
def test_what_cannot_be_taken_names_the_field(score, field):
    named = {WORDS.get(name, name) for name in faults(score if isinstance(score, dict) else [score])}
    assert field in named


def test_a_key_given_twice_is_refused():
    scores = read_scores(
        b'[{"name": "a", "value": 1, "name": "b"}, {"name": "a", "value": 1, "metadata": {"x":1,"x":2}}]', AT
    )
    assert [list(problem.errors) for problem in scores.problems] == [["name"], ["metadata"]]


@pytest.mark.parametrize("body", [b"", b"5", b"null", b'"x"', b"[" * 100_000])
def test_a_body_that_is_no_score_is_refused_as_a_whole(body):
    with pytest.raises(BadBody):
        read_scores(body, AT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("id", "name", "value", "traceId", "observationId", "sessionId", "timestamp", "source", "dataType")
METADATA = ("rework_minutes", "role", "activity", "worked_on", "task", "team", "cause", "annotator_kind", "provenance")


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(METADATA, JSON)),
)
def test_whatever_is_scored_is_read_refused_or_left(changed, metadata):
    read({**VERDICT, **changed, "metadata": metadata})


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"]))
def test_any_time_is_a_record_or_a_problem(when, zone):
    said = Evaluation(index=0, name="human_verdict", value="accepted", at=when, task=TRACE, metadata={"role": "a"})
    assert isinstance(record_of(said, default_of("otlp"), at=AT, zone=ZoneInfo(zone)), Item | Problem)
