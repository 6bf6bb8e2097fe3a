"""Failures that reached somebody: one large and shared by weights, one open, one dismissed, one of a team only, ..."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from audits.sample.draws import Draw
from audits.sample.records import Handled, Record, Year


@dataclass(frozen=True, slots=True)
class Case:
    """One incident. It befalls successful tasks of a kind and policy in a month; a weight of None is left out."""

    name: str
    title: str
    month: int
    kind: str
    policy: str
    severity: str
    loss: str
    weights: tuple[int | None, ...] = (None,)
    role: str = "adjuster"
    response: int = 0
    days_hidden: int = 4
    by_call: bool = False
    more: Record = field(default_factory=dict)


CASES = (
    Case("overpaid", "Three claims overpaid on one misread policy clause", 8, "claim_assessment", "commodity",
         "critical", "42000.00", (3, 2, 1), "adjuster", 960, 11, more={"recovered_usd": "6500.00"}),
    Case("denied", "Claim denied against the policy terms, settled after complaint", 3, "claim_assessment", "mid",
         "high", "7800.00", role="adjuster", response=420, days_hidden=15),
    Case("paid-twice", "Claim paid twice", 6, "claim_assessment", "frontier", "medium", "2350.00",
         role="adjuster", response=150, more={"recovered_usd": "2350.00"}),
    Case("refunds", "Refunds promised that no policy provides for", 7, "support_reply", "commodity", "high",
         "5120.00", (5, 3, 2, 0), "support_agent", 300, 6),
    Case("wrong-advice", "Wrong advice on a recall, customers compensated", 9, "support_reply", "commodity", "medium",
         "1890.00", (None, None), "support_agent", 180, 2),
    Case("tone", "Reply quoted in the press", 2, "support_reply", "frontier", "low", "0.00",
         role="support_agent", response=240, by_call=True, more={"invalidates_output": False}),
    Case("clause", "Liability clause missed in a signed contract", 5, "contract_review", "commodity", "critical",
         "18500.00", role="counsel", response=600, days_hidden=20),
    Case("recall-text", "Wrong price shown and honoured", 1, "shop_answer", "commodity", "low", "640.00",
         (2, 1, 1), "support_agent", 60, 1),
    Case("outage", "Merged change broke checkout for an hour", 4, "pull_request", "mid", "high", "3400.00",
         role="developer", response=380, days_hidden=0, by_call=True),
    Case("alleged", "Alleged wrong payout, complaint found baseless", 5, "claim_assessment", "commodity", "medium",
         "9000.00", role="adjuster", response=90, more={"status": "dismissed"}),
    Case("pending-case", "Possible overpayment, amount not settled", 11, "claim_assessment", "commodity", "high",
         "15000.00", (1, 1), "adjuster", 120, 1, more={"status": "open"}),
)  # fmt: skip

REVISED = "wrong-advice"
REVISED_LOSS = "2310.00"


def all_incidents(year: Year, months: list[date], *, seed: str) -> None:
    """Log the incidents, the later version of one, and those nobody could pin on a task."""
    for case in CASES:
        tasks = [task for task in year.handled if befalls(case, task)]
        if not tasks:  # in a very small sample
            continue
        hit = Draw(f"{seed}:incident:{case.name}").some_of(tasks, len(case.weights))
        year.facts.incidents.append(incident(case, hit, year.until))
    note = {"version": 2, "loss_usd": REVISED_LOSS, "note": "A third customer was compensated (simulated)."}
    revised = [item for item in year.facts.incidents if item["id"] == f"incident-{REVISED}"]
    year.facts.incidents.extend([{**item, **note} for item in revised] + unpinned(months))


def incident(case: Case, tasks: list[Handled], until: date) -> Record:
    """Return the incident of a case on these tasks, which had counted as successes."""
    occurred = max(task.day for task in tasks)
    discovered = min(occurred + timedelta(days=case.days_hidden), until)
    record: Record = {
        "id": f"incident-{case.name}",
        "team": tasks[0].kind.team,
        "title": f"{case.title} (simulated)",
        "severity": case.severity,
        "occurred_on": str(occurred),
        "discovered_on": str(discovered),
        "loss_usd": case.loss,
        **case.more,
        ("calls" if case.by_call else "tasks"): [
            link(task, weight, case.by_call) for task, weight in zip(tasks, case.weights, strict=False)
        ],
    }
    if case.response:
        record.update(response_minutes=case.response, role=case.role)
    return record


def befalls(case: Case, task: Handled) -> bool:
    return task.success and (task.month, task.kind.name, task.policy) == (case.month, case.kind, case.policy)


def link(task: Handled, weight: int | None, by_call: bool) -> Record:
    named: Record = {"call": task.deciding_call} if by_call else {"task": task.id}
    return named if weight is None else {**named, "weight": weight}


def unpinned(months: list[date]) -> list[Record]:
    """Return incidents that name a team or a tier, and one whose task was never logged."""
    common = {"severity": "medium", "status": "confirmed"}
    return [
        {"id": "incident-mailing", "team": "Marketing", "title": "Mailing with an invented discount (simulated)",
         **common, "occurred_on": str(months[7] + timedelta(days=9)), "loss_usd": "1275.50"},
        {"id": "incident-leak", "team": "Customer Support", "tier": "commodity",
         "title": "Order details shown to the wrong customer (simulated)", **common,
         "occurred_on": str(months[10] + timedelta(days=4)), "loss_usd": "950.00",
         "response_minutes": 420, "role": "support_agent"},
        {"id": "incident-lost", "team": "Property Claims", "title": "Complaint about a claim of old (simulated)",
         **common, "occurred_on": str(months[1] + timedelta(days=2)), "loss_usd": "400.00",
         "tasks": [{"task": f"claim-{months[1]:%y%m}-lost-1"}]},
    ]  # fmt: skip
