"""Made-up calls for measuring, seeded. Each team does two kinds of work, each kind tries a cheap model first.

One to three calls a task, 1.5 on average: three in ten are escalated to the team's dear model, some are tried again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from benchmarks.stage import TEAMS

CHEAP = (("openai", "gpt-5-mini"), ("openai", "gpt-5-nano"), ("google", "gemini-2.5-flash"))
DEAR = (("openai", "gpt-5"), ("anthropic", "claude-sonnet-4-5"))
TASK_TYPES = ("claim", "ticket", "summary", "patch", "invoice", "translation", "triage", "letter", "quote", "audit")
BATCH = 1_000


def calls(run: str, *, start: datetime, days: int) -> Iterator[dict[str, Any]]:
    """Yield calls without end; each `run` has ids of its own."""
    chance = random.Random(run)
    task = 0
    while True:
        task += 1
        place = chance.randrange(len(TEAMS))
        kind = TASK_TYPES[2 * place + chance.randrange(2)]
        about = {"task": f"{run}-task-{task:08d}", "task_type": kind, "team": TEAMS[place]}
        when = start + timedelta(seconds=chance.randrange(days * 86_400))
        tries = [CHEAP[place % 3]] * chance.choice((1, 1, 1, 1, 2)) + [DEAR[place % 2]] * (chance.random() < 0.3)
        for step, (provider, model) in enumerate(tries):
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


def bodies(run: str, batches: int, *, size: int, start: datetime, days: int) -> Iterator[bytes]:
    """Yield bodies of `size` calls each, as an integration posts them."""
    endless = calls(run, start=start, days=days)
    for _ in range(batches):
        yield msgspec.json.encode({"calls": list(islice(endless, size))})
