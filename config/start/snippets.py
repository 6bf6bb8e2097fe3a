"""What to paste where calls are made, with this installation's address and a key filled in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NO_KEY = "YOUR_KEY"
_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Snippet:
    name: str
    label: str
    where: str
    text: str


_SNIPPETS = (
    ("curl", "curl", "Paste into a terminal: one call, posted by hand."),
    ("python", "Python", "After each request to a model. Standard library only."),
    (
        "opentelemetry",
        "OpenTelemetry",
        "Where tracing is set up: a span of a request to a model is a call, its trace the task.",
    ),
    (
        "langfuse",
        "Langfuse",
        "The Langfuse SDK, pointed here: generations become calls, traces tasks, named scores outcomes and verdicts.",
    ),
    ("litellm", "LiteLLM", "Into the config.yaml of its proxy: each request it passes on becomes a call."),
)


def snippets(*, address: str, key: str = NO_KEY) -> list[Snippet]:
    """Return them for the installation at `address`, which ends without a slash."""
    return [Snippet(name, label, where, text_of(name, address=address, key=key)) for name, label, where in _SNIPPETS]


def text_of(name: str, *, address: str, key: str) -> str:
    text = (_TEXTS / f"{name}.txt").read_text(encoding="utf-8")
    return text.replace("ADDRESS", address).replace(NO_KEY, key)
