"""A server on this machine that answers as OpenAI does: completions, streamed ones, tools, embeddings, failures."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

COUNTED = {
    "prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500,
    "prompt_tokens_details": {"cached_tokens": 200}, "completion_tokens_details": {"reasoning_tokens": 100},
}  # fmt: skip
EMBEDDED = {"prompt_tokens": 8, "total_tokens": 8}
CALLED = {"id": "call-1", "type": "function", "function": {"name": "look_up", "arguments": '{"claim": "77"}'}}


def answered(request: dict[str, Any]) -> tuple[int, Any]:
    """Return status and body; what the user says last decides. A list is streamed."""
    if "input" in request:
        return 200, {
            "object": "list", "model": request["model"], "usage": EMBEDDED,
            "data": [{"object": "embedding", "index": 0, "embedding": [0.25, 0.5]}],
        }  # fmt: skip
    how = request["messages"][-1]["content"]
    if how in ("429", "500"):
        return int(how), {"error": {"message": "not now", "type": "server_error", "code": how}}
    if request.get("stream"):
        return 200, list(_chunks(request))
    calls = {"content": None, "tool_calls": [CALLED]} if how == "tools" else {"content": "Hello"}
    choice = {"index": 0, "message": {"role": "assistant", **calls}}
    choice["finish_reason"] = "tool_calls" if how == "tools" else "stop"
    return 200, _about(request, "chat.completion", choices=[choice], usage=COUNTED)


def _chunks(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part, reason in (("Hel", None), ("lo", None), ("", "stop")):
        choice = {"index": 0, "delta": {"role": "assistant", "content": part}, "finish_reason": reason}
        yield _about(request, "chat.completion.chunk", choices=[choice])
    if request.get("stream_options", {}).get("include_usage"):
        yield _about(request, "chat.completion.chunk", choices=[], usage=COUNTED)


def _about(request: dict[str, Any], kind: str, **more: Any) -> dict[str, Any]:
    """OpenAI answers with the dated name of the model."""
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": f"{request['model']}-2025-08-07", **more}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        status, answer = answered(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        streamed = isinstance(answer, list)
        lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in answer] if streamed else []
        body = ("".join(lines) + "data: [DONE]\n\n" if streamed else json.dumps(answer)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Be quiet."""


@pytest.fixture(scope="session")
def openai_like() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
