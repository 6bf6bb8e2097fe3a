"""R2 to R4: which call decides, which verdict counts, when silence is success."""

from fractions import Fraction

from .cast import Scene, call, correction, facts, on_task, outcome, usd

SUCCESS = (outcome("t1"),)


def rework(*corrections, calls=None, **more):
    """One reported success with these corrections."""
    return facts(*(calls or [call("c1", "10-05", task="t1")]), outcomes=SUCCESS, corrections=corrections, **more)


SCENES = [
    Scene(
        "R2", "the call marked final decides, though an ok attempt came later",
        facts(call("c1", "10-05", "cheap", "t1", final=True), call("c2", "10-06", "dear", "t1"), outcomes=SUCCESS),
        {("commodity",): {"tasks": 1, "successes": 1, "attempts": 1, "escalated": 0, "wasted_tokens": 0},
         ("frontier",): {"tasks": 0, "attempts": 1, "escalated": 1, "wasted_tokens": usd(10)}},
    ),
    Scene(
        "R2", "the last final decides, whatever its status",
        facts(call("c1", "10-05", "cheap", "t1", final=True),
              call("c2", "10-06", "dear", "t1", final=True, status="error")),
        {("commodity",): {"tasks": 0, "escalated": 1}, ("frontier",): {"tasks": 1, "presumed": 1}},
    ),
    Scene(
        "R2", "of two finals at one instant the higher id is the last",
        facts(call("c2", "10-05", "cheap", "t1", final=True), call("c1", "10-05", "dear", "t1", final=True)),
        {("commodity",): {"tasks": 1}, ("frontier",): {"tasks": 0, "escalated": 1}},
    ),
    Scene(
        "R2", "ids sort by code point: capitals come before small letters",
        facts(call("a", "10-05", "cheap", "t1"), call("B", "10-05", "dear", "t1")),
        {("commodity",): {"tasks": 1}, ("frontier",): {"tasks": 0, "escalated": 1}},
    ),
    Scene(
        "R2", "else the last ok attempt decides, not the error after it",
        facts(call("c1", "10-05", "cheap", "t1"), call("c2", "10-06", "dear", "t1", status="timeout")),
        {("commodity",): {"tasks": 1, "presumed": 1}, ("frontier",): {"tasks": 0, "attempts": 1, "escalated": 1}},
    ),
    Scene(
        "R2", "neither: the last attempt's tier delivers, and over the window it is presumed failed",
        facts(call("c1", "10-05", "cheap", "t1", status="error"), call("c2", "10-06", "dear", "t1", status="refused")),
        {("commodity",): {"tasks": 0, "escalated": 1},
         ("frontier",): {"tasks": 1, "failures": 1, "presumed": 0, "attempt_fail_rate": Fraction(1)}},
        {"true_cost_per_success": None, "wasted_tokens": usd(11)},
    ),
    Scene(
        "R2", "a task without attempts is delivered by no tier, and presumed failed",
        facts(call("c1", "10-05", "cheap", "t1", purpose="embedding"),
              corrections=(correction("k1", "10-07", 2, "fix", task="t1"),)),
        {("commodity",): {"tasks": 0, "attempts": 0, "calls": 1, "token_bill": usd(1), "wasted_tokens": 0},
         (None,): {"tasks": 1, "failures": 1, "presumed": 0, "attempts": 0, "internal_failure": usd(2), "calls": 0}},
        coverage={"unattributed_cost": usd(2)},
        entries=[on_task("correction", "k1", "10-05", "deciding", "internal_failure", "labour", task="t1", tier=None,
                         model=None, amount=usd(2))],
    ),
    Scene(
        "R2", "a final judge delivers, and makes no attempt of its tier",
        facts(call("c1", "10-05", "cheap", "t1"), call("c2", "10-06", "dear", "t1", purpose="judge", final=True)),
        {("commodity",): {"tasks": 0, "attempts": 1, "escalated": 1, "wasted_tokens": usd(1)},
         ("frontier",): {"tasks": 1, "successes": 1, "attempts": 0, "wasted_tokens": 0}},
    ),
    Scene(
        "R2", "step is a label",
        facts(call("c1", "10-05", "cheap", "t1", step="answer"), call("c2", "10-06", "dear", "t1", step="draft")),
        {("commodity",): {"tasks": 0}, ("frontier",): {"tasks": 1}},
    ),
    Scene(
        "R3", "the latest verdict by the day of the work counts, not the one that came last",
        rework(correction("k1", "10-09", 0, "review", task="t1", verdict="accepted"),
               correction("k2", "10-08", 0, "review", task="t1", verdict="rejected")),
        # accepted in the end; it was rejected on the way, so it is no first pass
        {("commodity",): {"successes": 1, "failures": 0, "first_pass": 0, "amended": 1}},
    ),
    Scene(
        "R3", "on one day the harsher verdict counts",
        rework(correction("k1", "10-08", 0, "review", task="t1", verdict="rejected"),
               correction("k2", "10-08", 0, "review", task="t1", verdict="accepted"),
               correction("k3", "10-08", 0, "review", task="t1", verdict="amended")),
        {("commodity",): {"successes": 0, "failures": 1}},
    ),
    Scene(
        "R3", "a verdict on a call that did not decide is nobody's",
        rework(correction("k1", "10-08", 3, "review", call="c1", verdict="rejected"),
               calls=[call("c1", "10-05", "cheap", "t1"), call("c2", "10-06", "dear", "t1")]),
        {("commodity",): {"appraisal": usd(3)}, ("frontier",): {"successes": 1, "first_pass": 1, "failures": 0}},
    ),
    Scene(
        "R3", "a verdict on the deciding call is the task's",
        rework(correction("k1", "10-08", 3, "review", call="c2", verdict="rejected"),
               calls=[call("c1", "10-05", "cheap", "t1"), call("c2", "10-06", "dear", "t1")]),
        {("commodity",): {"appraisal": 0}, ("frontier",): {"failures": 1, "appraisal": usd(3)}},
    ),
    Scene(
        "R3", "minutes of fix or redo end the first pass without any verdict, on any call",
        rework(correction("k1", "10-08", 3, "fix", call="c1"),
               calls=[call("c1", "10-05", "cheap", "t1"), call("c2", "10-06", "dear", "t1")]),
        {("commodity",): {"internal_failure": usd(3)}, ("frontier",): {"successes": 1, "first_pass": 0, "amended": 1}},
    ),
    Scene(
        "R3", "no minutes of fix, or minutes of review, do not",
        rework(correction("k1", "10-08", 0, "fix", task="t1"), correction("k2", "10-08", 3, "review", task="t1")),
        {("commodity",): {"successes": 1, "first_pass": 1, "amended": 0, "judged": 1, "appraisal": usd(3)}},
    ),
    Scene(
        "R4", "a task is pending on the last day of its window",
        facts(call("c1", "10-05", task="t1"), as_of="2026-10-19"),  # 14 days
        {("commodity",): {"pending": 1, "presumed": 0, "successes": 0, "pending_cost": usd(1),
                          "true_cost_per_success": None, "final_yield": None}},
    ),
    Scene(
        "R4", "and presumed a success on the day after",
        facts(call("c1", "10-05", task="t1"), as_of="2026-10-20"),
        {("commodity",): {"pending": 0, "presumed": 1, "successes": 1, "first_pass": 1, "judged": 0}},
    ),
    Scene(
        "R4", "the window runs from the deciding call's day, not the task's",
        facts(call("c1", "10-05", task="t1"), call("c2", "10-10", task="t1"), as_of="2026-10-20"),
        {("commodity",): {"pending": 1, "pending_cost": usd(2)}},
    ),
    Scene(
        "R4", "the window is the task type's where it has one",
        facts(call("c1", "10-05", task="t1", task_type="ticket"), as_of="2026-10-09"),  # 4 days of 3
        {("commodity",): {"presumed": 1}},
    ),
    Scene(
        "R4", "days of the window are days of the zone",
        # 5 October 20:00 in New York is the 6th in UTC; on 20 October 15 days have passed there, in UTC 14.
        facts(call("c1", "10-06T00:00", task="t1"), zone="America/New_York", as_of="2026-10-20"),
        {("commodity",): {"presumed": 1, "pending": 0}},
    ),
    Scene(
        "R4", "a task without deciding call waits as long, from its last attempt",
        facts(call("c1", "10-05", task="t1", status="error"), call("c2", "10-10", task="t1", status="error"),
              as_of="2026-10-24"),
        {("commodity",): {"pending": 1, "failures": 0}},
    ),
    Scene(
        "R4", "the cost of pending tasks, traced entries included, stays out of cost per success",
        facts(call("c1", "10-05", task="t1"), call("c2", "10-06", task="t2"), outcomes=SUCCESS,
              corrections=(correction("k1", "10-08", 5, "review", task="t2"),
                           correction("k2", "10-08", 8, "prompting", tier="commodity")),
              as_of="2026-10-10"),
        # true cost 1 + 1 + 5 + 8 = 15, pending 1 + 5 = 6
        {("commodity",): {"true_cost": usd(15), "pending_cost": usd(6), "pending": 1, "successes": 1,
                          "allocated": usd(8), "true_cost_per_success": Fraction(usd(9))}},
    ),
]  # fmt: skip
