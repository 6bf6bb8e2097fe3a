"""The worked example of an insurer who moves claims to a cheaper model (DESIGN 3.10), as facts in the wire format.

Month one: 20,000 claims on the frontier model. Month two: the same work on the commodity model, with one anomalous
claim wrongly paid as the only failure. Each claim is one call of the same tokens, so both bills are exact:

    29,411 x $2.00 / M + 14,706 x $12.00 / M = $0.235294      x 20,000 = $4,705.88
    29,411 x $0.40 / M + 14,706 x  $1.60 / M = $0.035294      x 20,000 =   $705.88
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from audits.sample.dates import OPENING_MS, moment
from audits.sample.records import SIMULATED, Record, SampleFacts

TEAM = "Claims"
TASK_TYPE = "claim"
BEFORE = date(2026, 1, 1)
AFTER = date(2026, 2, 1)
DAYS = 28

CLAIMS = 20_000
INPUT_TOKENS = 29_411
OUTPUT_TOKENS = 14_706
ANOMALOUS_CLAIM = 13_337
LOSS = Decimal("250000.00")
COST_BEFORE, COST_AFTER = 235_294_000, 35_294_000  # nano-dollars of a call: the sums above

FRONTIER = {"provider": "google", "model": "gemini-3-pro-preview"}
COMMODITY = {"provider": "openai", "model": "gpt-4.1-mini"}

SECOND_MS = 1000
LATENCY_MS = 9000
HOUR_MS = 60 * 60 * SECOND_MS


@dataclass(frozen=True, slots=True)
class Expected:
    """The figures of the example; rounded ones say to what."""

    token_bill_before: Decimal = Decimal("4705.88")
    token_bill_after: Decimal = Decimal("705.88")
    monthly_saving: Decimal = Decimal("4000.00")
    # The loss makes its claim a failure: 20,000 - 1.
    successes_before: int = CLAIMS
    successes_after: int = CLAIMS - 1
    true_cost_before: Decimal = Decimal("4705.88")
    # 705.88 + 250,000.00
    true_cost_after: Decimal = Decimal("250705.88")
    # 4,705.88 / 20,000 = 0.235294; 250,705.88 / 19,999 = 12.535921 (four places)
    cost_per_success_before: Decimal = Decimal("0.2353")
    cost_per_success_after: Decimal = Decimal("12.5359")
    # true cost / token bill: 1; 250,705.88 / 705.88 = 355.1678 (two places)
    multiplier_before: Decimal = Decimal("1.00")
    multiplier_after: Decimal = Decimal("355.17")
    # 250,000.00 / 4,000.00
    months_of_saving: Decimal = Decimal("62.5")


EXPECTED = Expected()


def facts() -> SampleFacts:
    """Return the two months as wire records: 40,000 calls and outcomes, one incident."""
    example = SampleFacts()
    for month, llm in ((BEFORE, FRONTIER), (AFTER, COMMODITY)):
        for number in range(1, CLAIMS + 1):
            example.calls.append(call(month, number, llm))
            example.outcomes.append(outcome(month, number))
    example.incidents.append(wrong_payout())
    return example


def claim(month: date, number: int) -> str:
    return f"claim-{month:%Y-%m}-{number:05d}"


def place(month: date, number: int) -> tuple[date, int]:
    """Return the day and the time of day of a claim: spread over four weeks, four seconds apart."""
    each_day = -(-CLAIMS // DAYS)
    day, turn = divmod(number - 1, each_day)
    return month + timedelta(days=day), OPENING_MS + turn * 4 * SECOND_MS


def call(month: date, number: int, llm: dict[str, str]) -> Record:
    day, ms = place(month, number)
    return {
        "id": f"{claim(month, number)}-call",
        "occurred_at": moment(day, ms),
        **llm,
        "team": TEAM,
        "task": claim(month, number),
        "task_type": TASK_TYPE,
        "input_tokens": INPUT_TOKENS,
        "output_tokens": OUTPUT_TOKENS,
        "latency_ms": LATENCY_MS,
        "metadata": {"data": SIMULATED},
    }


def outcome(month: date, number: int) -> Record:
    """Every claim seemed a success on the day, the anomalous one too."""
    day, ms = place(month, number)
    return {
        "team": TEAM,
        "task": claim(month, number),
        "outcome": "success",
        "occurred_at": moment(day, ms + HOUR_MS),
        "task_type": TASK_TYPE,
    }


def wrong_payout() -> Record:
    day, _ = place(AFTER, ANOMALOUS_CLAIM)
    return {
        "id": "incident-wrong-payout",
        "team": TEAM,
        "title": "Anomalous claim wrongly paid (simulated)",
        "severity": "critical",
        "occurred_on": str(day),
        "discovered_on": str(day + timedelta(days=5)),
        "loss_usd": str(LOSS),
        "status": "confirmed",
        "invalidates_output": True,
        "tasks": [{"task": claim(AFTER, ANOMALOUS_CLAIM)}],
    }
