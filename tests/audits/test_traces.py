"""Traces over HTTP: answered as OTLP says, each use counted once in whatever order and batches the spans come."""

from __future__ import annotations

import gzip
import json
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from rest_framework.test import APIClient

from audits.actions.rebuild import rebuild
from audits.queries.verify import faults
from spend.jobs import forget_spans
from spend.models import Call, DemotedCall, RejectedItem, Span, Task
from tests.build import have_reference, record, report
from tests.cast import NOON
from tests.otlp import PROTOBUF, TRACE, agent, call, names, plain, request
from tests.sending import all_teams, client

pytestmark = pytest.mark.django_db
__all__ = ["all_teams", "client"]

REFERENCE = """
models: [{provider: openai, name: small-1, prices: [{from: 2026-01-01, input: 1, output: 10}]}]
labour_rates: [{role: adjuster, hourly: 60, from: 2025-01-01}]
"""
PATHS = ("/v1/traces", "/api/public/otel/v1/traces")


@pytest.fixture(autouse=True)
def _prices(client: Any) -> None:
    have_reference(REFERENCE, at=NOON)


def send(client: APIClient, body: bytes, path: str = PATHS[0], content_type: str = PROTOBUF, **headers: str) -> Any:
    return client.generic("POST", path, body, content_type=content_type, headers=headers)


def told(response: Any) -> ExportTraceServiceResponse:
    assert response["Content-Type"] == PROTOBUF
    return ExportTraceServiceResponse.FromString(response.content)


def counted() -> set[str]:
    return set(Call.objects.filter(counted=True).values_list("external_id", flat=True))


def total(**words: str) -> dict[str, Any]:
    found: dict[str, Any] = report(NOON, from_="2026-10", to="2026-10", **words)["total"]
    return found


@pytest.mark.parametrize("path", PATHS)
def test_spans_of_calls_become_calls_and_their_trace_the_task(client, path):
    response = send(client, request(plain(1), call(2, 1), call(3, 1, seconds=5)), path)
    assert (response.status_code, response.content) == (200, b"")
    assert counted() == names([2, 3])
    assert Task.objects.get().external_id == TRACE
    source = Call.objects.select_related("source").first().source
    assert (source.kind, source.name) == ("otlp" if path == PATHS[0] else "langfuse", "test.scope")
    assert (total()["calls"], total()["tasks"], total()["token_bill"]) == (2, 1, "0.0004")


def test_json_is_answered_in_json(client):
    span = {"traceId": TRACE, "spanId": "00000000000000aa", "startTimeUnixNano": "1759651200000000000",
            "endTimeUnixNano": "1759651201000000000", "attributes": [
                {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                {"key": "gen_ai.request.model", "value": {"stringValue": "small-1"}},
                {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "7"}}]}  # fmt: skip
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    response = send(client, gzip.compress(body), content_type="application/json", **{"Content-Encoding": "gzip"})
    assert (response.status_code, response.json()) == (200, {})
    assert Call.objects.get().output_tokens == 7
    bad = send(client, b"{", content_type="application/json")
    assert (bad.status_code, bad.json()["code"]) == (400, 3)


def test_sent_again_it_counts_once(client):
    body = request(agent(1), call(2, 1))
    for _ in range(3):
        assert told(send(client, body)).partial_success.rejected_spans == 0
    assert counted() == names([2])


def test_a_span_that_cannot_become_a_call_is_told_and_the_others_are_taken(client):
    far = call(2) | {"seconds": 10**8 * 5}
    answer = told(send(client, request(call(1), far)))
    assert answer.partial_success.rejected_spans == 1
    assert "occurred_at" in answer.partial_success.error_message
    assert counted() == names([1])
    changed = told(send(client, request(call(1) | {"gen_ai.usage.output_tokens": 11})))
    assert "sent before with other content" in changed.partial_success.error_message


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"\xff\xff", {}, 400),
        (b"no gzip", {"Content-Encoding": "gzip"}, 400),
        (b"x", {"Content-Encoding": "br"}, 415),
    ],
)
def test_what_cannot_be_taken_is_a_status(client, body, headers, status):
    response = send(client, body, **headers)
    assert (response.status_code, response["Content-Type"]) == (status, PROTOBUF)
    assert response.content.startswith(b"\x08")


def test_another_content_type_is_refused_and_nobody_gets_in_without_a_key(client):
    assert send(client, b"a=1", content_type="text/plain").status_code == 415
    refused = Client().post(PATHS[0], b"x", content_type=PROTOBUF)
    assert (refused.status_code, refused["WWW-Authenticate"], refused["Content-Type"]) == (
        401, 'Bearer realm="truecost"', PROTOBUF,
    )  # fmt: skip
    assert client.get(PATHS[0]).status_code == 405


def test_of_refused_spans_the_reasons_are_kept_and_nothing_to_try_again(all_teams):
    send(all_teams, request(call(1)))
    item = RejectedItem.objects.get()
    assert (item.kind, item.reason, item.content) == ("otlp", "team: is required from who writes for all teams", None)


def test_a_key_of_all_teams_has_the_team_of_the_resource(all_teams):
    assert told(send(all_teams, request(call(1)))).partial_success.rejected_spans == 1
    send(all_teams, request(agent(1), resource={"truecost.team": "Claims"}))
    assert counted() == names([1])
    send(all_teams, request(call(2, 1), resource={"truecost.team": "Claims"}))
    assert counted() == names([2])


# -- what repeats what ------------------------------------------------------------------------------------------------

ORDERS: dict[str, list[list[dict[str, Any]]]] = {
    "together": [[agent(1), plain(2, 1), call(3, 2)]],
    "the parent first": [[agent(1)], [plain(2, 1)], [call(3, 2)]],
    "the parent last": [[call(3, 2)], [plain(2, 1)], [agent(1)]],
    "the link last": [[call(3, 2)], [agent(1)], [plain(2, 1)]],
}


@pytest.mark.parametrize("batches", ORDERS.values(), ids=ORDERS)
def test_a_parent_that_repeats_its_calls_is_not_counted_whatever_comes_first(client, batches):
    for batch in batches:
        send(client, request(*batch))
        total()
    assert counted() == names([3])
    assert total()["token_bill"] == "0.0002"
    assert Call.objects.get(repeated=True).external_id in names([1])
    assert not DemotedCall.objects.exists()
    assert list(faults(NOON.date())) == []


def test_lists_and_the_page_of_the_task_say_of_a_repeated_call_why_it_does_not_count(client, ada):
    send(client, request(agent(1), call(2, 1)))
    listed = client.get("/api/v1/calls?from=2026-10&to=2026-10&counted=all").json()["calls"]
    assert {each["id"]: (each["repeated"], each["counted"]) for each in listed} == {
        next(iter(names([1]))): (True, False), next(iter(names([2]))): (False, True),
    }  # fmt: skip
    total()
    browser = Client()
    browser.force_login(ada)
    page = browser.get(f"/tasks/{Task.objects.get().pk}").content.decode()
    assert "repeats the usage of a call below it; not counted" in page
    assert "its environment is" not in page


def test_a_parent_alone_is_counted_until_a_child_with_usage_comes(client):
    send(client, request(agent(1), plain(2, 1)))
    assert (counted(), total()["token_bill"]) == (names([1]), "0.0002")
    send(client, request(call(3, 2)))
    assert (counted(), total()["token_bill"], total()["calls"]) == (names([3]), "0.0002", 1)


def test_the_task_of_a_demoted_call_goes_with_it_and_moves_with_what_is_left(client):
    """The agent began the day before, and its calls name another task."""
    send(client, request(agent(1, seconds=-86_400), call(5, seconds=10)))
    send(client, request(agent(6, trace="1" * 32)))
    record("correction", {"id": "k", "worked_on": "2026-10-06", "minutes": 60, "role": "adjuster", "activity": "fix",
                          "task": "1" * 32, "team": "Claims"}, at=NOON)  # fmt: skip
    assert total()["tasks"] == 2
    assert str(Task.objects.get(external_id=TRACE).day) == "2026-10-04"
    send(client, request(call(2, 1, seconds=20)))
    send(client, request(call(7, 6, trace="1" * 32, **{"truecost.task": "claim-1"})))
    assert total()["tasks"] == 2
    assert set(Task.objects.values_list("external_id", "day__day")) == {(TRACE, 5), ("claim-1", 5)}
    rows = {row["tier"]: row["internal_failure"] for row in report(NOON, from_="2026-10", to="2026-10")["rows"]}
    assert rows[None] == "60.00"
    assert rebuild(at=NOON, today=NOON.date()) == []
    assert list(faults(NOON.date())) == []


def test_a_parent_sent_again_with_its_child_is_not_counted_beside_it(client):
    send(client, request(agent(1)))
    assert counted() == names([1])
    send(client, request(agent(1), call(2, 1, seconds=5)))
    assert counted() == names([2])


SHAPES = st.lists(
    st.tuples(st.sampled_from([agent, call, plain]), st.none() | st.integers(1, 6), st.booleans()),
    min_size=2,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(SHAPES, st.randoms(use_true_random=False))
def test_any_order_and_any_batches_give_the_same(client: Any, shapes: Any, chance: Random) -> None:
    spans = [
        make(number, parent, seconds=60 * number, **({"truecost.task": f"T{number % 2}"} if named else {}))
        for number, (make, parent, named) in enumerate(shapes, 1)
    ]
    found = [_sent(client, batches) for batches in ([spans], _shuffled(spans, chance), _shuffled(spans, chance))]
    assert found[0] == found[1] == found[2]


def _shuffled(spans: list[Any], chance: Random) -> list[list[Any]]:
    rest = spans + chance.sample(spans, chance.randrange(len(spans)))
    chance.shuffle(rest)
    return [[rest.pop() for _ in range(chance.randint(1, len(rest)))] for _ in iter(lambda: len(rest), 0)]


def _sent(client: Any, batches: list[list[Any]]) -> Any:
    """What is there after these batches; afterwards it is as it was."""
    with transaction.atomic():
        for batch in batches:
            assert send(client, request(*batch)).status_code == 200
        told = total(by="task_type"), counted(), set(Task.objects.values_list("external_id", "day"))
        transaction.set_rollback(True)
    return told


def test_spans_are_forgotten_after_a_month(client):
    send(client, request(plain(2, 1), call(3, 2)))
    assert Span.objects.exists()
    forget_spans()
    assert Span.objects.exists()
    Span.objects.update(seen_on="2026-01-01")
    forget_spans()
    assert not Span.objects.exists()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300), st.booleans(), st.integers(0, 400))
def test_garbage_is_never_an_error_of_ours(client: Any, garbage: bytes, is_json: bool, at: int) -> None:
    good = request(agent(1), plain(2, 1), call(3, 2))
    content_type = "application/json" if is_json else PROTOBUF
    for body in (garbage, good[:at] + garbage + good[at:]):
        assert send(client, body, content_type=content_type).status_code in (200, 400)


def test_what_was_said_of_a_span_becomes_the_outcome_of_its_task(client):
    said = {"annotation.name": "task_success", "annotation.score": 0.0, "annotation.annotator_kind": "HUMAN"}
    assert send(client, request(call(1, **said))).content == b""
    assert (total()["failures"], total()["successes"]) == (1, 0)
