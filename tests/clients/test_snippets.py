"""What the first run tells people to paste, pasted: against a live server, with the real clients it names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.actions import create_key
from accounts.models import Team
from config.start.snippets import NO_KEY, snippets, text_of
from spend.models import Call, Outcome
from tests.cast import NOON

pytestmark = pytest.mark.django_db(transaction=True)

SPAN = """
with trace.get_tracer("test").start_as_current_span("claim"):
    with trace.get_tracer("test").start_as_current_span("chat") as span:
        span.set_attributes({"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5-mini",
            "gen_ai.usage.input_tokens": 1200, "gen_ai.usage.cache_read.input_tokens": 200,
            "gen_ai.usage.output_tokens": 300})
provider.shutdown()
"""


@pytest.fixture
def key(live_server: LiveServer) -> str:
    return create_key(name="k", scopes=["ingest"], team=Team.objects.create(name="Claims"), at=NOON)[1]


def pasted(folder: Path, text: str, *arguments: str) -> str:
    """Run `text` as a program of somebody else's, who has nothing of ours installed but what it imports."""
    file = folder / "pasted.py"
    file.write_text(text, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANGFUSE_TIMEOUT": "60"}
    done = subprocess.run(
        [sys.executable, str(file), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def the_call() -> Call:
    call = Call.objects.select_related("llm", "task", "task_type").get()
    assert (call.llm.provider, call.llm.name) == ("openai", "gpt-5-mini")
    return call


def test_curl(live_server: LiveServer, key: str) -> None:
    text = text_of("curl", address=live_server.url, key=key)
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == {"accepted": 1, "duplicates": 0, "rejected": []}
    call = the_call()
    assert (call.input_tokens, call.output_tokens, call.task.external_id) == (1200, 300, "hello-1")


def test_python(live_server: LiveServer, key: str, tmp_path: Path) -> None:
    text = text_of("python", address=live_server.url, key=key)
    assert "'accepted': 1" in pasted(tmp_path, text)
    call = the_call()
    assert (call.input_tokens, call.output_tokens, str(call.task_type)) == (1200, 300, "hello")


def test_opentelemetry(live_server: LiveServer, key: str, tmp_path: Path) -> None:
    pasted(tmp_path, text_of("opentelemetry", address=live_server.url, key=key) + SPAN)
    call = the_call()
    assert (call.input_tokens, call.cache_read_tokens, call.output_tokens) == (1000, 200, 300)
    assert len(call.task.external_id) == 32  # the trace


def test_langfuse(live_server: LiveServer, key: str, tmp_path: Path) -> None:
    pasted(tmp_path, text_of("langfuse", address=live_server.url, key=key))
    call = Call.objects.select_related("llm", "task", "task_type").get()
    assert call.llm.name == "gpt-5-mini"  # Langfuse names no provider
    assert (call.input_tokens, call.cache_read_tokens, call.output_tokens) == (1000, 200, 300)
    assert (call.task.external_id, str(call.task_type)) == ("hello-1", "hello")
    assert Outcome.objects.get().task_key == call.task_id


def test_address_and_key_are_filled_in_everywhere() -> None:
    for snippet in snippets(address="https://cost.example", key="tc_secret"):
        assert "https://cost.example" in snippet.text
        assert "tc_secret" in snippet.text
        assert "ADDRESS" not in snippet.text
        assert NO_KEY not in snippet.text
