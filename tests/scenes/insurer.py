"""The worked example of DESIGN 3.10: the $250,000 payout that saved $4,000 a month."""

from __future__ import annotations

from functools import cache

from tests.oracle import Facts

from .cast import call, facts, incident, outcome

CLAIMS = 20_000


@cache
def insurer() -> Facts:
    """20,000 claims a month: frontier at $4,705.88 in September, commodity at $705.88 in October."""
    calls, outcomes = [], []
    for month, model, cost in (("09", "dear", "0.235294"), ("10", "cheap", "0.035294")):
        for number in range(CLAIMS):
            task = f"claim-{month}-{number:05}"
            at = f"{month}-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}"
            calls.append(call(f"call-{month}-{number:05}", at, model, task, input_tokens=..., cost_usd=cost))
            outcomes.append(outcome(task))
    paid_wrongly = incident("payout", "10-17", "250000.00", tasks=[{"task": "claim-10-00016"}])
    return facts(*calls, outcomes=tuple(outcomes), incidents=(paid_wrongly,))
