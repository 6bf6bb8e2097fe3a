"""Made-up calls for measuring: one to three a task, five teams, eight task types, six real models, seeded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from benchmarks.stage import TEAMS

MODELS = (
    ("openai", "gpt-5"),
    ("openai", "gpt-5-mini"),
    ("openai", "gpt-5-nano"),
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-haiku-4-5"),
    ("google", "gemini-2.5-flash"),
)
TASK_TYPES = ("claim", "ticket", "summary", "patch", "invoice", "translation", "triage", "letter")
BATCH = 1_000


def calls(run: str, *, start: datetime, days: int) -> Iterator[dict[str, Any]]:
    """Yield calls without end; each `run` has ids of its own."""
    chance = random.Random(run)
    task = 0
    while True:
        task += 1
        about = {"task": f"{run}-task-{task:08d}", "task_type": chance.choice(TASK_TYPES), "team": chance.choice(TEAMS)}
        when = start + timedelta(seconds=chance.randrange(days * 86_400))
        for step in range(chance.randint(1, 3)):
            provider, model = chance.choice(MODELS)
            yield {
                "id": f"{run}-call-{task:08d}-{step}",
                "occurred_at": (when + timedelta(seconds=20 * step)).astimezone(UTC).isoformat(),
                "provider": provider,
                "model": model,
                **about,
                "input_tokens": chance.randrange(200, 8_000),
                "cache_read_tokens": chance.randrange(4_000),
                "output_tokens": chance.randrange(20, 1_500),
                "latency_ms": chance.randrange(300, 9_000),
                "status": "ok",
                "environment": "production",
            }


def bodies(run: str, batches: int, *, start: datetime, days: int) -> list[bytes]:
    """Return bodies of BATCH calls each, as an integration posts them."""
    endless = calls(run, start=start, days=days)
    return [msgspec.json.encode({"calls": list(islice(endless, BATCH))}) for _ in range(batches)]
