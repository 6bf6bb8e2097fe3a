"""What the first run tells people to paste, pasted: against a live server, with the real clients it names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.actions import create_key
from accounts.models import Team
from config.start.snippets import NO_KEY, snippets, text_of
from spend.models import Call, Outcome
from tests.cast import NOON

pytestmark = pytest.mark.django_db(transaction=True)

ANSWER = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-5-mini",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello"}}],
    "usage": {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500,
              "prompt_tokens_details": {"cached_tokens": 200}},
}  # fmt: skip
SPAN = """
with trace.get_tracer("test").start_as_current_span("claim"):
    with trace.get_tracer("test").start_as_current_span("chat") as span:
        span.set_attributes({"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5-mini",
            "gen_ai.usage.input_tokens": 1200, "gen_ai.usage.cache_read.input_tokens": 200,
            "gen_ai.usage.output_tokens": 300})
provider.shutdown()
"""
COMPLETION = """
import sys, time
litellm.completion(model="openai/gpt-5-mini", messages=[{"role": "user", "content": "Hello"}], api_key="none",
    api_base=sys.argv[1], metadata={"task": "A-1", "task_type": "claim"})
time.sleep(3)  # its loggers run beside
"""


@pytest.fixture
def key(live_server: LiveServer) -> str:
    return create_key(name="k", scopes=["ingest"], team=Team.objects.create(name="Claims"), at=NOON)[1]


@pytest.fixture
def openai_server() -> Iterator[str]:
    """A server that answers as the provider does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(ANSWER).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def pasted(folder: Path, text: str, *arguments: str) -> str:
    """Run `text` as a program of somebody else's, who has nothing of ours installed but what it imports."""
    file = folder / "pasted.py"
    file.write_text(text, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True",
                   "LANGFUSE_TIMEOUT": "60"}  # fmt: skip
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


def test_litellm(live_server: LiveServer, key: str, tmp_path: Path, openai_server: str) -> None:
    pasted(tmp_path, text_of("litellm", address=live_server.url, key=key) + COMPLETION, openai_server)
    call = the_call()
    assert (call.input_tokens, call.cache_read_tokens, call.output_tokens) == (1000, 200, 300)
    assert (call.task.external_id, str(call.task_type)) == ("A-1", "claim")


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
