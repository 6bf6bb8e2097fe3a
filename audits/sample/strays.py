"""Facts that fit no task: chats, staging runs, an unlisted model, period entries, and records that never link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from audits.sample.calibration import AZURE_CHAT_INPUT, AZURE_CHAT_OUTPUT
from audits.sample.dates import HOURS_OPEN_MS, MONTHS, OPENING_MS, moment, working_days
from audits.sample.draws import LATENCY_SPREAD, Draw
from audits.sample.llms import HAIKU, SONNET, UNLISTED, Llm
from audits.sample.records import SIMULATED, Record, Year

# A year of each, at scale 1.
CHATS = 1500
STAGING = 1500
PILOT = 480
PILOT_FROM_MONTH = 9
LOST_OUTCOMES = 6
LOST_CORRECTIONS = 9


@dataclass(frozen=True, slots=True)
class Lump:
    """A period entry of every month from `from_month` on, every `every` months."""

    name: str
    names: dict[str, str]
    activity: str
    role: str
    minutes: int
    note: str
    from_month: int = 0
    every: int = 1
    provenance: str = "estimated"


LUMPS = (
    Lump("queue", {"team": "Customer Support", "tier": "commodity"}, "fix", "support_agent", 180,
         "Wrong replies mended in the queue.", from_month=6),
    Lump("copy", {"team": "Marketing"}, "fix", "editor", 120, "Generated texts rewritten, not counted by piece."),
    Lump("prompts", {"team": "Engineering", "model": "openai/gpt-5-mini"}, "prompting", "developer", 150,
         "Prompts and evaluations.", provenance="measured"),
    Lump("upkeep", {"team": "Property Claims"}, "upkeep", "developer", 90, "Intake pipeline kept running."),
    Lump("credits", {"team": "Customer Support"}, "apology", "support_agent", 60,
         "Apologies and call-backs.", from_month=2, every=3),
    Lump("repair", {"team": "Legal", "tier": "frontier"}, "repair", "developer", 240,
         "Extraction broke after a model update.", from_month=4, every=12, provenance="measured"),
)  # fmt: skip


def lumps(year: Year, month: date, index: int, draw: Draw) -> None:
    """Log the period entries of a month: work nobody assigned to single tasks."""
    for lump in LUMPS:
        if index < lump.from_month or (index - lump.from_month) % lump.every:
            continue
        year.facts.corrections.append({
            "id": f"period-{month:%Y-%m}-{lump.name}",
            **lump.names,
            "worked_on": str(working_days(month)[-1]),
            "minutes": draw.minutes(lump.minutes),
            "role": lump.role,
            "activity": lump.activity,
            "note": f"{lump.note} (simulated)",
            "provenance": lump.provenance,
        })  # fmt: skip


def call(llm: Llm, name: str, team: str, month: date, draw: Draw, **fields: object) -> Record:
    """Return one call of a working day of the month."""
    return {
        "id": name,
        "occurred_at": moment(draw.one_of(working_days(month)),
                              OPENING_MS + int(draw.random.random() * HOURS_OPEN_MS)),
        "provider": llm.provider,
        "model": llm.name,
        "team": team,
        "input_tokens": draw.tokens(AZURE_CHAT_INPUT),
        "output_tokens": draw.tokens(AZURE_CHAT_OUTPUT),
        "latency_ms": int(draw.about(2500, LATENCY_SPREAD)) + 1,
        **fields,
    }  # fmt: skip


def odd_calls(year: Year, month: date, index: int, *, scale: float, draw: Draw) -> None:
    """Log chats without a task, staging runs, and the pilot of a model nobody has a price for."""
    prefix = f"{month:%y%m}"
    calls = year.facts.calls
    for n in range(monthly(CHATS / MONTHS, scale)):
        calls.append(call(draw.one_of((HAIKU, SONNET)), f"chat-{prefix}-{n + 1:04d}", "Marketing", month, draw,
                          metadata={"data": SIMULATED}))  # fmt: skip
    for n in range(monthly(STAGING / MONTHS, scale)):
        task = f"staging-{prefix}-{n // 3 + 1:04d}"
        calls.append(call(SONNET, f"{task}-{n % 3 + 1}", "Engineering", month, draw, task=task, task_type="bug_fix",
                          environment="staging"))  # fmt: skip
    for n in range(monthly(PILOT / (MONTHS - PILOT_FROM_MONTH), scale) if index >= PILOT_FROM_MONTH else 0):
        task = f"pilot-{prefix}-{n + 1:04d}"
        calls.append(call(UNLISTED, f"{task}-1", "Legal", month, draw, task=task, task_type="document_tagging",
                          environment="production"))  # fmt: skip


def monthly(mean: float, scale: float) -> int:
    return max(1, round(mean * scale))


def lost(year: Year, months: list[date]) -> None:
    """Log facts about tasks and calls whose calls were never sent: they stay unlinked."""
    for n in range(LOST_OUTCOMES):
        month = months[2 * n % MONTHS]
        year.facts.outcomes.append({
            "team": "Property Claims", "task": f"claim-{month:%y%m}-lost-{n + 1}", "outcome": "success",
            "occurred_at": moment(working_days(month)[n], OPENING_MS), "task_type": "claim_assessment",
        })  # fmt: skip
    for n in range(LOST_CORRECTIONS):
        month = months[(3 * n + 1) % MONTHS]
        target = (
            {"call": f"reply-{month:%y%m}-lost-{n + 1}-001"}
            if n % 3 == 0
            else {"task": f"reply-{month:%y%m}-lost-{n + 1}"}
        )
        year.facts.corrections.append({
            "id": f"lost-{n + 1}", "team": "Customer Support", "worked_on": str(working_days(month)[n]),
            "minutes": 5 + n, "role": "support_agent", "activity": "redo", "verdict": "rejected", **target,
            "note": "Its calls were lost with an old log (simulated).",
        })  # fmt: skip
