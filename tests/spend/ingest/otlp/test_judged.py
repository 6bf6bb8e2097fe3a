"""Evaluations on spans and in their events, of the convention and of OpenInference, as outcomes and verdicts."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from spend.ingest.mapping import Mapping
from spend.ingest.native import Decoded
from spend.ingest.otlp.decoding import decode
from spend.ingest.otlp.judged import judged
from tests.spend.ingest.otlp.wires import AT, OTEL, SPAN, TRACE, as_json, as_protobuf, chat, span

WITH_ROLE = msgspec.structs.replace(OTEL, role="adjuster")
HUMAN = {"annotation.name": "verdict", "annotation.label": "rejected", "annotation.annotator_kind": "HUMAN"}
MINUTES = {**HUMAN, "annotation.metadata": '{"rework_minutes": 12.5}'}


def read(*spans: dict[str, Any], mapping: Mapping = WITH_ROLE, **words: Any) -> Decoded:
    both = [
        judged(decode(body, is_json=is_json, mapping=mapping, at=AT).evaluations, mapping, at=AT, zone=UTC)
        for body, is_json in ((as_protobuf(*spans, **words), False), (as_json(*spans, **words), True))
    ]
    assert both[0] == both[1]
    return both[0]


def the_record(*spans: dict[str, Any], **words: Any) -> Any:
    decoded = read(*spans, **words)
    assert not decoded.problems
    (item,) = decoded.items
    return item.record


def test_an_event_with_a_success_is_the_outcome_of_the_trace():
    said = {"gen_ai.evaluation.name": "task_success", "gen_ai.evaluation.score.label": "pass"}
    outcome = the_record(span(chat(), events=[("gen_ai.evaluation.result", said, 5)]))
    assert (outcome.task, outcome.outcome) == (TRACE, "success")
    relevance = {"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.value": 0.8}
    assert not read(span(chat(), events=[("gen_ai.evaluation.result", relevance, 5)])).items


def test_a_person_on_a_call_is_a_verdict_on_that_call():
    found = the_record(span(chat(**MINUTES)))
    assert (found.call, found.task, found.verdict) == (f"{TRACE}-{SPAN}", None, "rejected")
    assert (found.minutes, found.role, found.activity) == (Decimal("12.5"), "adjuster", "redo")
    assert (found.worked_on, found.provenance) == (date(2026, 11, 22), "self_reported")


@pytest.mark.parametrize("kind", ["AGENT", "EVALUATOR"])
def test_of_any_other_span_it_is_a_verdict_on_the_task(kind):
    found = the_record(span({**HUMAN, "openinference.span.kind": kind}))
    assert (found.call, found.task, found.minutes) == (None, TRACE, 0)


def test_the_mapping_names_the_task_of_span_or_resource():
    said = span({**HUMAN, "openinference.span.kind": "CHAIN"})
    assert the_record(said, resource={"task.id": "claim-1", "truecost.team": "Claims"}).task == "claim-1"
    assert (
        the_record(span({**said["attributes"], "truecost.task": "claim-2"}), resource={"task.id": "x"}).task
        == "claim-2"
    )


@pytest.mark.parametrize("kind", ["LLM", "CODE"])
def test_what_a_machine_says_is_no_verdict(kind):
    assert read(span(chat(**{**HUMAN, "annotation.annotator_kind": kind}))) == Decoded([], [])


def test_without_a_role_it_is_a_problem_that_says_so():
    (problem,) = read(span(chat(**MINUTES)), mapping=OTEL).problems
    assert list(problem.errors) == ["role"]


def test_the_same_identifier_is_the_same_record_with_another_value():
    first = the_record(span(chat(**HUMAN, **{"annotation.identifier": "lena"})))
    later = {**HUMAN, "annotation.label": "accepted", "annotation.identifier": "lena"}
    second = the_record(span(chat(**later), end=span()["end"] + 3_000_000_000))
    assert first.id == second.id
    assert second.version == first.version + 3
