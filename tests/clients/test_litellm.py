"""LiteLLM, configured as the first run tells people to, against the live server, in each form that it posts.

One program asks a server that answers as the provider does, and logs to three teams, each in a form of its own.
`callback_settings` is read as the proxy reads it; the proxy itself is not needed for that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_django.live_server_helper import LiveServer

from accounts.actions import create_key
from accounts.models import Team
from config.start.snippets import text_of
from spend.domain.money import to_nanos
from spend.models import Call, Source
from tests.cast import NOON

pytestmark = pytest.mark.django_db(transaction=True)

FORMS = ("json_array", "ndjson", "single")
USAGE = {
    "prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500,
    "prompt_tokens_details": {"cached_tokens": 200},
}  # fmt: skip
PROGRAM = """
import asyncio, json, sys
import litellm

litellm.callback_settings = json.load(open("callback_settings.json"))
litellm.suppress_debug_info = True
there = {"api_key": "none", "api_base": sys.argv[1]}


async def ask(model, **words):
    messages = [{"role": "user", "content": "a secret"}]
    return await litellm.acompletion(model=model, messages=messages, **there, **words)


async def main():
    for name in litellm.callback_settings:
        litellm.logging_callback_manager.add_litellm_callback(name)
    await ask("openai/gpt-5-mini", metadata={"tags": ["task:A-1", "task_type:claim"]})
    stream = {"stream": True, "stream_options": {"include_usage": True}}
    async for _ in await ask("openai/gpt-5-mini", metadata={"trace_id": "A-2"}, **stream):
        pass
    await litellm.aembedding(model="openai/text-embedding-3-small", input=["a"], metadata={"trace_id": "A-3"}, **there)
    router = litellm.Router(num_retries=1, retry_after=0, fallbacks=[{"cheap": ["dear"]}], model_list=[
        {"model_name": name, "litellm_params": {"model": model, **there}}
        for name, model in {"cheap": "openai/gpt-5-nano", "dear": "openai/gpt-5-mini"}.items()
    ])
    await router.acompletion(model="cheap", messages=[{"role": "user", "content": "a secret"}])
    await asyncio.sleep(1)  # it logs beside
    for logger in litellm.callbacks:
        if hasattr(logger, "flush_queue"):
            await logger.flush_queue()


asyncio.run(main())
"""


def chunk(model: str, delta: Any = None, usage: Any = None) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": None if delta else "stop"}]
    said = {"id": "chatcmpl-s", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices}
    return b"data: " + json.dumps({**said, "usage": usage}).encode() + b"\n\n"


def answer(path: str, asked: dict[str, Any]) -> tuple[int, str, bytes]:
    model = asked["model"]
    if model == "gpt-5-nano":
        error = {"message": "too fast", "type": "requests", "code": "rate_limit_exceeded"}
        return 429, "application/json", json.dumps({"error": error}).encode()
    if asked.get("stream"):
        parts = chunk(model, {"role": "assistant", "content": "Hello"}), chunk(model, {}), chunk(model, usage=USAGE)
        return 200, "text/event-stream", b"".join(parts) + b"data: [DONE]\n\n"
    if path.endswith("embeddings"):
        data = [{"object": "embedding", "index": 0, "embedding": [0.5]}]
        said: dict[str, Any] = {"object": "list", "data": data, "usage": {"prompt_tokens": 5, "total_tokens": 5}}
    else:
        message = {"role": "assistant", "content": "Hello"}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        said = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "choices": choices, "usage": USAGE}
        model += "-2025-08-07"
    return 200, "application/json", json.dumps({**said, "model": model}).encode()


@pytest.fixture
def openai_server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, kind, body = answer(self.path, asked)
            self.send_response(status)
            self.send_header("Content-Type", kind)
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


def settings_of(form: str, address: str) -> dict[str, Any]:
    """Return what people paste, for a team that is called like the form."""
    key = create_key(name=form, scopes=["ingest"], team=Team.objects.create(name=form), at=NOON)[1]
    config = yaml.safe_load(text_of("litellm", address=address, key=key))
    assert config["litellm_settings"]["callbacks"] == list(config["callback_settings"])
    settings: dict[str, Any] = config["callback_settings"]["truecost"]
    return {**settings, "log_format": form}


def run(folder: Path, provider: str) -> None:
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True",
                   "DEFAULT_FLUSH_INTERVAL_SECONDS": "600"}  # fmt: skip
    command = [sys.executable, "program.py", provider]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def told(form: str) -> list[tuple[Any, ...]]:
    """Return each call of the team without what differs from run to run."""
    calls = Call.objects.filter(team__name=form).select_related("llm", "task", "task_type").order_by("occurred_at")
    return [
        (
            call.llm.name, call.status, call.purpose, call.input_tokens, call.cache_read_tokens, call.output_tokens,
            call.cost_nanos, call.task.external_id[:3], str(call.task_type or ""),
        )
        for call in calls
    ]  # fmt: skip


def test_each_form_gives_the_calls_the_provider_answered(
    live_server: LiveServer, tmp_path: Path, openai_server: str
) -> None:
    settings = {form: settings_of(form, live_server.url) for form in FORMS}
    (tmp_path / "callback_settings.json").write_text(json.dumps(settings), encoding="utf-8")
    run(tmp_path, openai_server)
    cost = to_nanos(Decimal("0.000855"))  # 1,000 x $0.25, 200 x $0.025 and 300 x $2.00 per million
    fallen_back = Call.objects.filter(team__name="single", llm__name="gpt-5-nano").first()
    assert fallen_back is not None
    task = fallen_back.task.external_id[:3]
    for form in FORMS:
        calls = told(form)
        assert calls[:3] == [
            ("gpt-5-mini", "ok", "attempt", 1000, 200, 300, cost, "A-1", "claim"),
            ("gpt-5-mini", "ok", "attempt", 1000, 200, 300, cost, "A-2", ""),
            ("text-embedding-3-small", "ok", "embedding", 5, None, 0, 100, "A-3", ""),
        ]
        # Turned away twice, which costs nothing, then answered by the other model: one task.
        turned_away = ("gpt-5-nano", "error", "attempt", 0, None, 0, 0, task, "")
        assert calls[3:] == [turned_away] * 2 + [("gpt-5-mini", *calls[0][1:7], task, "")]
    assert set(Source.objects.values_list("kind", "name")) == {("litellm", "litellm")}
    streamed = Call.objects.get(team__name="ndjson", task__external_id="A-2")
    assert (streamed.metadata or {})["time_to_first_token_ms"] >= 0
    assert "secret" not in str(list(Call.objects.values()))
