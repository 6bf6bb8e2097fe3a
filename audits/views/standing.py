"""Why a task stands where it stands: the rules in their order, and the first that matched (docs/method.md, 3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from audits.queries.story import Story

_RULES = ("incident", "verdict", "outcome", "window", "none")


@dataclass(frozen=True)
class Rule:
    """`told` says what there is to it in this task; `decides` marks the one that matched, `is_asked` those up to it."""

    name: str
    told: str
    decides: bool
    is_asked: bool


def rules_of(story: Story) -> list[Rule]:
    """Return the rules that judge a task; the last stands for a question that is still open."""
    decided = _RULES.index(story.task["decided_by"])
    told = (_incident(story), _verdict(story), _outcome(story), _window(story), "still open: in no yield")
    names = ("Incident", "Verdict", "Outcome", "Acceptance window", "Pending")
    rules = [
        Rule(name, said, place == decided, place <= decided)
        for place, (name, said) in enumerate(zip(names, told, strict=True))
    ]
    return rules if story.task["decided_by"] == "none" else rules[:-1]


def _incident(story: Story) -> str:
    counting = [row for row in story.incidents if row["status"] == "confirmed" and row["invalidates_output"]]
    if counting:
        return f"named by the confirmed incident {counting[-1]['id']}, which makes its output a failure"
    return "no confirmed incident makes its output a failure"


def _verdict(story: Story) -> str:
    given = [row for row in story.corrections if row["verdict"]]
    if not given:
        return "nobody gave a verdict"
    latest = max(given, key=lambda row: row["worked_on"])
    others = f"; {len(given)} were given" if len(given) > 1 else ""
    return f"{latest['verdict']} on {latest['worked_on']}{others}: the latest on the task or its deciding call counts"


def _outcome(story: Story) -> str:
    return f"{story.outcome.outcome} was reported" if story.outcome and story.outcome.outcome else "none was reported"


def _window(story: Story) -> str:
    days = settings.ACCEPTANCE_DAYS if story.acceptance_days is None else story.acceptance_days
    if story.task["decided_by"] == "window":
        return f"{days} days passed in silence, so it is presumed"
    until = story.task["changes_on"]
    return (
        f"presumed from {until} on, after {days} days of silence" if until else f"{days} days of silence would decide"
    )
