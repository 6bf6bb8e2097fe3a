"""3.1 to 3.6, and R1: to which day and month a thing belongs."""

from fractions import Fraction

from .cast import Scene, call, correction, facts, incident, on_task, outcome, usd, without_task

CHEAP, DEAR = "acme/cheap", "acme/dear"

# One claim: the cheap model tried ($1), failed to satisfy, and the dear one ($10) answered.
ESCALATION = facts(
    call("c1", "10-05", "cheap", "t1"),
    call("c2", "10-06", "dear", "t1"),
    outcomes=(outcome("t1"),),
)  # fmt: skip
# A cheap task ($1), a dear one ($10); $90 were lost, two thirds by the first.
TWO_CAUSES = facts(
    call("c1", "10-05", "cheap", "t1"),
    call("c2", "10-05", "dear", "t2"),
    incidents=(incident("i1", "10-09", 90, tasks=[{"task": "t1", "weight": 2}, {"task": "t2", "weight": 1}]),),
)

SCENES = [
    Scene(
        "3.1", "disjoint buckets, each at its own price",
        # 0.5 x $1 + 0.2 x $0.10 + 0.1 x $1.25 + 0.1 x $2 = 0.50 + 0.02 + 0.125 + 0.20
        facts(
            call("c1", "10-05", input_tokens=500_000, cache_read_tokens=200_000, cache_write_tokens=100_000,
                 output_tokens=100_000, reasoning_tokens=60_000),
            models=[{"provider": "acme", "name": "cheap", "tier": "commodity", "prices": [
                {"from": "2026-01-01", "input": 1, "cache_read": 0.10, "cache_write": 1.25, "output": 2}]}],
        ),
        {("commodity",): {"calls": 1, "priced_calls": 1, "token_bill": usd("0.845"), "input_tokens": 500_000,
                          "cache_read_tokens": 200_000, "cache_write_tokens": 100_000, "output_tokens": 100_000}},
    ),
    Scene(
        "3.1", "a cost sent by the caller wins over the computed one",
        facts(call("c1", "10-05", cost_usd="0.75")),
        {("commodity",): {"token_bill": usd("0.75"), "priced_calls": 1}},
    ),
    Scene(
        "3.2", "an incident costs loss less recovered plus response minutes at the rate",
        facts(call("c1", "10-05", task="t1"), incidents=(
            incident("i1", "10-06", "100.00", recovered_usd="40.00", response_minutes=30, role="adjuster",
                     tasks=[{"task": "t1"}]),)),
        # compute 1, cash 1 + 60, labour 30
        {("commodity",): {"external_failure": usd(90), "true_cost": usd(91), "cash": usd(61), "labour": usd(30),
                          "incidents": 1, "incident_cost": usd(90), "multiplier": Fraction(91)}},
    ),
    Scene(
        "3.3", "explicit: a record that names a call is that call's tier's, though another tier delivered",
        facts(*ESCALATION.calls, outcomes=tuple(ESCALATION.outcomes), corrections=(
            correction("k1", "10-07", 10, "review", call="c1"),)),
        {("commodity",): {"appraisal": usd(10), "token_bill": usd(1), "tasks": 0},
         ("frontier",): {"appraisal": 0, "token_bill": usd(10), "tasks": 1}},
        entries=[on_task("correction", "k1", "10-05", "explicit", "appraisal", "labour", task="t1", tier="commodity",
                         model=CHEAP, amount=usd(10))],
    ),
    Scene(
        "3.3", "deciding: a record that names a task is the deciding call's model and tier's",
        facts(*ESCALATION.calls, corrections=(correction("k1", "10-07", 10, "fix", task="t1"),)),
        {("commodity",): {"internal_failure": 0}, ("frontier",): {"internal_failure": usd(10)}},
        entries=[on_task("correction", "k1", "10-05", "deciding", "internal_failure", "labour", task="t1",
                         tier="frontier", model=DEAR, amount=usd(10))],
    ),
    Scene(
        "3.3", "pro_rata, a policy: a record that names a task is shared by the cost of its calls",
        facts(*ESCALATION.calls, corrections=(correction("k1", "10-07", 11, "fix", task="t1"),), policy="pro_rata"),
        {("commodity",): {"internal_failure": usd(1)}, ("frontier",): {"internal_failure": usd(10)}},
    ),
    Scene(
        "3.3", "pro_rata falls back to deciding where nothing is priced",
        facts(call("c1", "10-05", task="t1", input_tokens=...), policy="pro_rata",
              corrections=(correction("k1", "10-07", 11, "fix", task="t1"),)),
        entries=[on_task("correction", "k1", "10-05", "deciding", "internal_failure", "labour", task="t1",
                         tier="commodity", model=CHEAP, amount=usd(11))],
    ),
    Scene(
        "3.3", "an incident's tasks share it by their weights",
        TWO_CAUSES,
        {("commodity",): {"external_failure": usd(60), "true_cost": usd(61), "failures": 1, "incidents": 1},
         ("frontier",): {"external_failure": usd(30), "true_cost": usd(40), "failures": 1, "incidents": 1}},
        {"external_failure": usd(90), "true_cost": usd(101), "failures": 2, "incidents": 1, "successes": 0,
         "true_cost_per_success": None, "fail_rate": Fraction(1), "final_yield": Fraction(0)},
    ),
    Scene(
        "3.4", "1: a confirmed incident that invalidates output makes a failure, whatever the verdict",
        facts(call("c1", "10-05", task="t1"), outcomes=(outcome("t1"),),
              corrections=(correction("k1", "10-07", 1, "review", task="t1", verdict="accepted"),),
              incidents=(incident("i1", "10-06", 5, tasks=[{"task": "t1"}]),)),
        {("commodity",): {"tasks": 1, "failures": 1, "successes": 0, "judged": 1}},
    ),
    Scene(
        "3.4", "1: an incident that does not invalidate output costs, and leaves the status alone",
        facts(call("c1", "10-05", task="t1"), outcomes=(outcome("t1"),),
              incidents=(incident("i1", "10-06", 5, tasks=[{"task": "t1"}], invalidates_output=False),)),
        {("commodity",): {"failures": 0, "successes": 1, "first_pass": 1, "external_failure": usd(5)}},
    ),
    Scene(
        "3.4", "2 and 3: a verdict beats the outcome, an outcome beats the window, the young are pending",
        # t1 rejected though reported a success; t2 amended though reported a failure; t3 a reported failure;
        # t4 nothing known, 19 days old; t5 nothing known, 4 days old.
        facts(*(call(f"c{n}", day, task=f"t{n}") for n, day in enumerate(
                ("10-05", "10-05", "10-05", "10-12", "10-27"), start=1)),
              outcomes=(outcome("t1"), outcome("t2", "failure"), outcome("t3", "failure")),
              corrections=(correction("k1", "10-06", 0, "review", task="t1", verdict="rejected"),
                           correction("k2", "10-06", 0, "review", task="t2", verdict="amended")),
              as_of="2026-10-31"),
        {("commodity",): {"tasks": 5, "failures": 2, "successes": 2, "amended": 1, "presumed": 1, "first_pass": 1,
                          "pending": 1, "judged": 3, "pending_cost": usd(1), "true_cost": usd(5),
                          # (5 - 1) / 2
                          "true_cost_per_success": Fraction(usd(2)), "final_yield": Fraction(1, 2),
                          "first_pass_yield": Fraction(1, 4)}},
        coverage={"tasks_judged": Fraction(3, 5), "presumed_share": Fraction(1, 2)},
    ),
    Scene(
        "3.5", "an escalation: the cheap tier tried and did not deliver",
        ESCALATION,
        {("commodity",): {"tasks": 0, "successes": 0, "attempts": 1, "escalated": 1, "attempt_fail_rate": Fraction(1),
                          "calls": 1, "token_bill": usd(1), "wasted_tokens": usd(1), "true_cost": usd(1),
                          "true_cost_per_success": None, "tasks_touched": 1},
         ("frontier",): {"tasks": 1, "successes": 1, "attempts": 1, "escalated": 0, "attempt_fail_rate": Fraction(0),
                         "calls": 1, "token_bill": usd(10), "wasted_tokens": 0, "tasks_touched": 1,
                         "true_cost_per_success": Fraction(usd(10))}},
        {"tasks": 1, "successes": 1, "attempts": 2, "escalated": 1, "attempt_fail_rate": Fraction(1, 2),
         "token_bill": usd(11), "wasted_tokens": usd(1), "tasks_touched": 1,
         "true_cost_per_success": Fraction(usd(11)), "multiplier": Fraction(1)},
    ),
    Scene(
        "3.5", "a failed task wastes all its attempts, not its guardrail",
        facts(call("c1", "10-05", "cheap", "t1"), call("c2", "10-06", "dear", "t1"),
              call("c3", "10-06", "middle", "t1", purpose="guardrail"), outcomes=(outcome("t1", "failure"),)),
        {("commodity",): {"wasted_tokens": usd(1), "attempts": 1, "escalated": 1},
         ("mid",): {"wasted_tokens": 0, "attempts": 0, "token_bill": usd(3), "attempt_fail_rate": None},
         ("frontier",): {"wasted_tokens": usd(10), "attempts": 1, "escalated": 0, "attempt_fail_rate": Fraction(1)}},
        {"attempt_fail_rate": Fraction(1), "wasted_tokens": usd(11)},
    ),
    Scene(
        "3.6", "the route lens puts all cost and the outcome with the entry tier",
        facts(*ESCALATION.calls, outcomes=tuple(ESCALATION.outcomes),
              corrections=(correction("k1", "10-07", 4, "review", task="t1"),)),
        {("commodity",): {"tasks": 1, "successes": 1, "attempts": 2, "escalated": 1, "calls": 2,
                          "wasted_tokens": usd(1), "token_bill": usd(11), "appraisal": usd(4),
                          "true_cost_per_success": Fraction(usd(15)),
                          "token_cost_per_task": Fraction(usd(11))}},
        query={"lens": "route"},
    ),
    Scene(
        "3.6", "the route lens by model takes the first model",
        ESCALATION,
        {(CHEAP,): {"tasks": 1, "successes": 1, "token_bill": usd(11), "attempts": 2, "escalated": 1}},
        query={"lens": "route", "by": ("model",)},
    ),
    Scene(
        "R1", "November's rework on October's work is October's cost, at November's rate",
        facts(call("c1", "10-05", task="t1"), corrections=(correction("k1", "11-03", 10, "redo", task="t1"),),
              labour_rates=[{"role": "adjuster", "hourly": 60, "from": "2026-01-01"},
                            {"role": "adjuster", "hourly": 90, "from": "2026-11-01"}]),
        {("commodity",): {"internal_failure": usd(15), "labour": usd(15)}},
    ),
    Scene(
        "R1", "what is not linked is dated by its own day",
        facts(call("c1", "10-05", task="t1"), corrections=(correction("k1", "11-03", 10, "redo", task="never"),),
              incidents=(incident("i1", "11-04", 7),)),
        {("commodity",): {"tasks": 1, "internal_failure": 0, "external_failure": 0}},
        {"true_cost": usd(1)},
    ),
    Scene(
        "R1", "a task's day is that of its first call; its calls count on their own days",
        facts(call("c1", "09-30", "cheap", "t1"), call("c2", "10-01", "dear", "t1"), outcomes=(outcome("t1"),)),
        {("frontier",): {"tasks": 0, "successes": 0, "attempts": 0, "calls": 1, "token_bill": usd(10),
                         "true_cost_per_success": None, "tasks_touched": 1}},
        coverage={"other_months_token_bill": usd(10)},
    ),
    Scene(
        "R1", "the earlier month has the task, its tries and the first call only",
        facts(call("c1", "09-30", "cheap", "t1"), call("c2", "10-01", "dear", "t1"), outcomes=(outcome("t1"),)),
        {("commodity",): {"tasks": 0, "attempts": 1, "escalated": 1, "calls": 1, "token_bill": usd(1)},
         ("frontier",): {"tasks": 1, "successes": 1, "attempts": 1, "calls": 0, "token_bill": 0, "tasks_touched": 0,
                         "true_cost_per_success": Fraction(0), "token_cost_per_task": None}},
        coverage={"other_months_token_bill": 0},
        query={"first": "2026-09", "last": "2026-09"},
    ),
    Scene(
        "R1", "over both months nothing is of another month, and rows by month show the two days",
        facts(call("c1", "09-30", "cheap", "t1"), call("c2", "10-01", "dear", "t1"), outcomes=(outcome("t1"),)),
        {("2026-09",): {"tasks": 1, "calls": 1, "token_bill": usd(1), "attempts": 2, "tasks_touched": 1},
         ("2026-10",): {"tasks": 0, "calls": 1, "token_bill": usd(10), "attempts": 0, "tasks_touched": 1}},
        {"tasks_touched": 1, "token_cost_per_task": Fraction(usd(11))},
        {"other_months_token_bill": 0},
        query={"first": "2026-09", "last": "2026-10", "by": ("month",)},
    ),
    Scene(
        "R1", "days are days of the zone: New York, half past eleven at night on the last of October",
        facts(call("c1", "11-01T03:30", task="t1"), call("c2", "11-01T04:00", task="t2"), zone="America/New_York"),
        {("commodity",): {"tasks": 1, "calls": 1, "token_bill": usd(1)}},
    ),
    Scene(
        "R1", "days are days of the zone: Auckland is ahead, Kolkata by half an hour",
        facts(call("c1", "09-30T18:29", task="t1"), call("c2", "09-30T18:30", task="t2"), zone="Asia/Kolkata"),
        {("commodity",): {"tasks": 1, "calls": 1}},
    ),
    Scene(
        "R1", "an incident on a task takes the task's day too",
        facts(call("c1", "10-31", task="t1"), incidents=(incident("i1", "11-09", 9, tasks=[{"task": "t1"}]),)),
        {("commodity",): {"external_failure": usd(9), "failures": 1}},
        entries=[on_task("incident", "i1", "10-31", "deciding", "external_failure", "cash", task="t1",
                         tier="commodity", model=CHEAP, amount=usd(9))],
    ),
    Scene(
        "R1", "a period entry is dated by the day it was worked on",
        facts(corrections=(correction("k1", "10-31", 9, "prompting", tier="commodity"),
                           correction("k2", "11-01", 9, "prompting", tier="commodity"))),
        {("commodity",): {"prevention": usd(9), "tasks": 0, "calls": 0, "token_bill": 0, "allocated": usd(9),
                          "multiplier": None}},
        entries=[without_task("correction", "k1", "10-31", "scope", "prevention", "labour", team="Claims",
                              tier="commodity", model=None, amount=usd(9)),
                 without_task("correction", "k2", "11-01", "scope", "prevention", "labour", team="Claims",
                              tier="commodity", model=None, amount=usd(9))],
    ),
]  # fmt: skip
