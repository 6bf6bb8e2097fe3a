"""The `openai` SDK under each released instrumentation, exporting to a live server: every call once, at its cost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.actions import create_key
from accounts.models import Team
from spend.models import Call, Source
from spend.queries.zone import reporting_day
from tests.build import have_reference, report
from tests.database import Copies

PROGRAM = Path(__file__).with_name("program.py")
SCOPES = {
    "opentelemetry": {"opentelemetry.util.genai.handler", "opentelemetry.instrumentation.openai_v2"},
    "openllmetry": {"opentelemetry.instrumentation.openai.v1"},
    "openinference": {"openinference.instrumentation.openai"},
}
REFERENCE = """
teams: [{name: opentelemetry}, {name: openllmetry}, {name: openinference}]
models:
  - {provider: openai, name: gpt-5-mini, aliases: [gpt-5-mini-2025-08-07],
     prices: [{from: 2025-01-01, input: 0.25, cache_read: 0.025, output: 2}]}
  - {provider: openai, name: text-embedding-3-small, prices: [{from: 2025-01-01, input: 0.02, output: 0}]}
"""
CHAT = ("gpt-5-mini", "attempt", "ok", 1000, 200, 300, 855_000)  # 1000 at 250, 200 at 25 and 300 at 2000 nanos each
NOT_SAYING = ("gpt-5-mini", "attempt", "ok", 1200, 0, 300, 900_000)  # what was cached of the 1200 stays unsaid
CHATS = {"opentelemetry": NOT_SAYING}
TURNED_AWAY = ("gpt-5-mini", "attempt", "error", 0, 0, 0, 0)  # a 429: nobody bills that
BROKEN = ("gpt-5-mini", "attempt", "error", None, 0, None, None)  # a 500: what it used nobody said
EMBEDDING = ("text-embedding-3-small", "embedding", "ok", 8, 0, None, 160)


@pytest.fixture(scope="module")
def sent(copies: Copies, migrated: str, openai_like: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What the programs sent, each by the key of a team of its name."""
    name = copies.make("instrumented", of=migrated)
    with django_db_blocker.unblock(), copies.in_use(name):
        have_reference(REFERENCE, at=datetime.now(UTC))
        server = LiveServer("127.0.0.1")
        running = [_started(each, server.url, openai_like) for each in SCOPES]
        for process in running:
            said, _ = process.communicate(timeout=120)
            assert process.returncode == 0, said
        yield
        server.stop()
    copies.drop(name)


def _started(instrumentation: str, address: str, provider: str) -> subprocess.Popen[str]:
    key = create_key(name="k", scopes=["ingest"], team=Team.objects.get(name=instrumentation), at=datetime.now(UTC))[1]
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), instrumentation, address, key, provider],
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(params=SCOPES)
def team(request: pytest.FixtureRequest, sent: None, db: None) -> str:
    return str(request.param)


def calls_of(team: str, **more: object) -> QuerySet[Call]:
    return Call.objects.filter(team__name=team, **more).select_related("llm", "task")


def test_each_call_is_counted_once_with_its_tokens_and_its_cost(team: str) -> None:
    found = [
        (call.llm.name, call.purpose, call.status, call.input_tokens, call.cache_read_tokens or 0, call.output_tokens,
         call.cost_nanos) for call in calls_of(team, counted=True)
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted([CHATS.get(team, CHAT)] * 3 + [EMBEDDING, TURNED_AWAY, BROKEN], key=str)


def test_an_agent_that_repeats_the_usage_of_its_calls_is_kept_and_not_counted(team: str) -> None:
    agent = calls_of(team, repeated=True).get()
    assert (agent.input_tokens, agent.output_tokens, agent.counted) == (3000, 900, False)


def test_the_task_is_the_trace_or_what_spans_name(team: str) -> None:
    tasks = {call.task.external_id for call in calls_of(team, purpose="attempt", status="ok")}
    assert {len(task) for task in tasks} == {32}
    named = [*calls_of(team, purpose="embedding"), *calls_of(team, status="error")]
    assert {call.task.external_id for call in named} == {"claim-77"}
    assert {str(call.task_type) for call in calls_of(team)} == {"claim"}


def test_its_source_has_the_name_of_the_instrumentation(team: str) -> None:
    names = {call.source.name for call in calls_of(team, counted=True).select_related("source") if call.source}
    assert names == SCOPES[team]
    assert set(Source.objects.filter(team__name=team).values_list("kind", flat=True)) == {"otlp"}


def test_the_report_has_the_cost_of_each_call_once(team: str) -> None:
    at = datetime.now(UTC)
    month = str(reporting_day(at))[:7]
    [line] = report(at, from_=month, to=month, team=team)["rows"]
    bill = Decimal(3 * CHATS.get(team, CHAT)[-1] + EMBEDDING[-1]).scaleb(-9)
    assert (line["calls"], Decimal(line["token_bill"])) == (6, bill)
