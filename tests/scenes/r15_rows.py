"""R15 to R18: lens, filters, tasks touched, the interval, environments."""

from dataclasses import replace
from fractions import Fraction
from math import sqrt

from tests.oracle.intervals import Z

from .cast import Scene, call, correction, facts, incident, outcome, usd
from .r01_days import ESCALATION

# One claim went from cheap to dear, one stayed with cheap; 4 minutes of review on the first.
TWO_ROUTES = facts(
    *ESCALATION.calls,
    call("c3", "10-07", "cheap", "t2"),
    outcomes=(outcome("t1"), outcome("t2", "failure")),
    corrections=(correction("k1", "10-08", 4, "review", task="t1"),),
)
BY_ROUTE = {
    ("commodity>frontier",): {"tasks": 1, "successes": 1, "attempts": 2, "escalated": 1, "token_bill": usd(11),
                              "appraisal": usd(4), "wasted_tokens": usd(1)},
    ("commodity",): {"tasks": 1, "failures": 1, "attempts": 1, "token_bill": usd(1), "wasted_tokens": usd(1)},
}  # fmt: skip
# Three presumed successes of $1, $1 and $4 and a reported failure of $2.
FOUR_TASKS = facts(
    *(call(f"c{n}", "10-05", task=f"t{n}", input_tokens=millions * 1_000_000)
      for n, millions in enumerate((1, 1, 4, 2), start=1)),
    outcomes=(outcome("t4", "failure"),),
)  # fmt: skip
# R = 8 / 3; residuals 1-R, 1-R, 4-R, 2: they sum to 0; s^2 = (2 (5/3)^2 + (4/3)^2 + 2^2) / 3 = 102 / 27
CENTRE, ERROR = 8 / 3, sqrt(102 / 27 / 4) / (3 / 4)

# The same, and t1 was fixed for $6 before it was accepted, t2 accepted as it was, t3 presumed: of $14 in all.
SUCCESSES_OF_THREE_KINDS = replace(
    FOUR_TASKS,
    corrections=[correction("k1", "10-06", 6, "fix", task="t1", verdict="accepted"),
                 correction("k2", "10-06", 0, "review", task="t2", verdict="accepted")],
)  # fmt: skip


def ends_of(x, y):
    """The interval of R17 in dollars, step by step, of so few units that all residuals can be written down."""
    n, r = len(x), sum(x) / sum(y)
    variance = sum((a - r * b) ** 2 for a, b in zip(x, y, strict=True)) / (n - 1)
    reach = Z * sqrt(variance / n) / (sum(y) / n)
    return {
        "true_cost_per_success_low": max(0.0, usd(1) * (r - reach)),
        "true_cost_per_success_high": usd(1) * (r + reach),
    }


def ends(shift):
    return {
        "true_cost_per_success_low": usd(1) * (CENTRE + shift - Z * ERROR),
        "true_cost_per_success_high": usd(1) * (CENTRE + shift + Z * ERROR),
    }


SCENES = [
    Scene(
        "R15", "lens first: filtered to the tier that tried, the route lens shows the whole task",
        TWO_ROUTES,
        {("Claims",): {"tasks": 2, "token_bill": usd(12), "appraisal": usd(4), "calls": 3}},
        query={"by": ("team",), "lens": "route", "filters": {"tier": "commodity"}},
    ),
    Scene(
        "R15", "filters after: the responsible lens shows only what is that tier's own",
        TWO_ROUTES,
        {("Claims",): {"tasks": 1, "failures": 1, "token_bill": usd(2), "appraisal": 0, "calls": 2, "attempts": 2,
                       "escalated": 1, "tasks_touched": 2}},
        query={"by": ("team",), "filters": {"tier": "commodity"}},
    ),
    Scene(
        "R15", "filters are ANDed",
        facts(*TWO_ROUTES.calls, call("s1", "10-05", "dear", "t9", team="Support")),
        {("acme/dear",): {"tasks": 1, "calls": 1, "token_bill": usd(10)}},
        {"tasks": 1},
        query={"by": ("model",), "filters": {"tier": "frontier", "team": "Support"}},
    ),
    Scene("R15", "by route the responsible lens", TWO_ROUTES, BY_ROUTE, query={"by": ("route",)}),
    Scene("R15", "and the route lens agree", TWO_ROUTES, BY_ROUTE, query={"by": ("route",), "lens": "route"}),
    Scene(
        "R15", "an unknown tier reads unattributed, in routes too; no attempts is no route",
        facts(call("c1", "10-05", "mystery", "t1"), call("c2", "10-06", "dear", "t1"),
              call("c3", "10-07", "cheap", "t2", purpose="embedding")),
        {("unattributed>frontier",): {"tasks": 1, "calls": 2, "attempts": 2, "escalated": 1},
         (None,): {"tasks": 1, "calls": 1, "attempts": 0}},
        query={"by": ("route",)},
    ),
    Scene(
        "R15", "an entry without a task keeps its own tier in the route lens",
        facts(*TWO_ROUTES.calls, corrections=(correction("k1", "10-08", 4, "review", tier="frontier"),)),
        {("commodity",): {"tasks": 2, "appraisal": 0}, ("frontier",): {"tasks": 0, "appraisal": usd(4), "calls": 0}},
        query={"lens": "route"},
    ),
    Scene(
        "R15", "the unattributed row by task type holds what has none",
        facts(call("c1", "10-05", task="t1", task_type="claim"), call("c2", "10-05", task="t2"),
              corrections=(correction("k1", "10-08", 4, "review", tier="commodity"),)),
        {("claim",): {"tasks": 1, "appraisal": 0}, (None,): {"tasks": 1, "calls": 1, "appraisal": usd(4)}},
        query={"by": ("task_type",)},
    ),
    Scene(
        "R15", "pairs: rows by team and tier",
        facts(*ESCALATION.calls, call("s1", "10-05", "dear", "t9", team="Support")),
        {("Claims", "commodity"): {"tasks": 0, "calls": 1}, ("Claims", "frontier"): {"tasks": 1, "calls": 1},
         ("Support", "frontier"): {"tasks": 1, "calls": 1}},
        {"tasks": 2, "calls": 3, "token_bill": usd(21)},
        query={"by": ("team", "tier")},
    ),
    Scene(
        "R15", "filtered to the absent value",
        facts(*ESCALATION.calls, call("m1", "10-05", "mystery", "t9", cost_usd=3)),
        {(None,): {"tasks": 1, "calls": 1, "token_bill": usd(3)}},
        query={"filters": {"tier": None}},
    ),
    Scene(
        "R16", "token cost per task divides by the tasks touched: a cheap tier that escalates is not dear",
        TWO_ROUTES,
        {("commodity",): {"tasks": 1, "tasks_touched": 2, "token_cost_per_task": Fraction(usd(1))},
         ("frontier",): {"tasks": 1, "tasks_touched": 1, "token_cost_per_task": Fraction(usd(10))}},
        {"tasks": 2, "tasks_touched": 2, "token_cost_per_task": Fraction(usd(6))},
    ),
    Scene(
        "R16", "in the route lens it divides by tasks",
        TWO_ROUTES,
        {("commodity",): {"tasks": 2, "token_cost_per_task": Fraction(usd(6))}},
        query={"lens": "route"},
    ),
    Scene(
        "R16", "a call of any purpose touches",
        facts(call("c1", "10-05", "cheap", "t1"), call("c2", "10-05", "cheap", "t1"),
              call("c3", "10-05", "middle", "t1", purpose="judge")),
        {("commodity",): {"tasks_touched": 1, "token_cost_per_task": Fraction(usd(2))},
         ("mid",): {"tasks_touched": 1, "token_cost_per_task": Fraction(usd(3)), "tasks": 0}},
    ),
    Scene(
        "R17", "the ratio estimator over tasks",
        FOUR_TASKS,
        {("commodity",): {"true_cost_per_success": Fraction(usd(8), 3), **ends(0)}},
        ends(0),
    ),
    Scene(
        "R17", "cost of no task shifts it only",
        replace(FOUR_TASKS, corrections=[correction("k1", "10-08", 6, "upkeep", tier="commodity")]),
        {("commodity",): ends(6 / 3)},
    ),
    Scene(
        "R17", "incident cost stays out of it",
        replace(FOUR_TASKS, incidents=[incident("i1", "10-08", 900, tasks=[{"task": "t4"}])]),
        {("commodity",): {"true_cost": usd(908), **ends(0)}},
    ),
    Scene(
        "R17", "pending tasks stay out of it",
        replace(facts(*FOUR_TASKS.calls, call("c9", "10-20", task="t9", input_tokens=70_000_000),
                      outcomes=tuple(FOUR_TASKS.outcomes)), as_of=FOUR_TASKS.as_of.replace(month=10, day=30)),
        {("commodity",): {"pending": 1, "successes": 3, **ends(0)}},
    ),
    Scene(
        "R17", "null for a single unit",
        facts(call("c1", "10-05", task="t1")),
        {("commodity",): {"successes": 1, "true_cost_per_success_low": None, "true_cost_per_success_high": None}},
    ),
    Scene(
        "R17", "null without a success",
        facts(call("c1", "10-05", task="t1"), call("c2", "10-05", task="t2"),
              outcomes=(outcome("t1", "failure"), outcome("t2", "failure"))),
        {("commodity",): {"true_cost_per_success_low": None, "true_cost_per_success_high": None}},
    ),
    Scene(
        "R17", "by default every success counts",
        SUCCESSES_OF_THREE_KINDS,
        {("commodity",): {"successes": 3, "counted_successes": 3, "true_cost_per_success": Fraction(usd(14), 3),
                          **ends_of([7, 1, 4, 2], [1, 1, 1, 0])}},
    ),
    Scene(
        "R17", "of successes that nobody had to change, the others' cost stays in the numerator",
        SUCCESSES_OF_THREE_KINDS,
        {("commodity",): {"successes": 3, "first_pass": 2, "counted_successes": 2, "failures": 1,
                          "true_cost_per_success": Fraction(usd(14), 2), "final_yield": Fraction(3, 4),
                          **ends_of([7, 1, 4, 2], [0, 1, 1, 0])}},
        ends_of([7, 1, 4, 2], [0, 1, 1, 0]),
        query={"success": "first_pass"},
    ),
    Scene(
        "R17", "of successes that somebody spoke of, presumed ones are left out",
        SUCCESSES_OF_THREE_KINDS,
        {("commodity",): {"successes": 3, "presumed": 1, "counted_successes": 2,
                          "true_cost_per_success": Fraction(usd(14), 2),
                          **ends_of([7, 1, 4, 2], [1, 1, 0, 0])}},
        coverage={"presumed_share": Fraction(1, 3)},
        query={"success": "judged"},
    ),
    Scene(
        "R17", "null where no success is of the kind that counts",
        FOUR_TASKS,
        {("commodity",): {"successes": 3, "counted_successes": 0, "true_cost_per_success": None,
                          "true_cost_per_success_low": None, "margin_per_success": None}},
        query={"success": "judged"},
    ),
    Scene(
        "R11", "values are those of the successes that count",
        facts(call("c1", "10-05", task="t1"), call("c2", "10-05", task="t2"), call("c3", "10-05", task="t3"),
              outcomes=(outcome("t1", value_usd=10), outcome("t2", value_usd=4)),
              corrections=(correction("k1", "10-06", 3, "redo", task="t2"),)),
        # t1 and t2 are judged and have a value, t3 is presumed and has none; only t1 and t3 passed at first
        {("commodity",): {"counted_successes": 2, "value_per_success": Fraction(usd(7)),
                          "true_cost_per_success": Fraction(usd(3)), "margin_per_success": Fraction(usd(4)),
                          "return_on_spend": Fraction(14, 6), "price_headroom": Fraction(14 - 3, 3)}},
        query={"success": "judged"},
    ),
    Scene(
        "R17", "units of a tier are the parts of tasks in that tier",
        # commodity: x 1, y 0 (t1 went on) and x 1, y 1 (t2): R 2, residuals 1, -1, s^2 2, se sqrt(2 / 2) / (1 / 2) = 2
        facts(*ESCALATION.calls, call("c3", "10-07", "cheap", "t2")),
        {("commodity",): {"true_cost_per_success_low": 0.0, "true_cost_per_success_high": usd(1) * (2 + 2 * Z)},
         ("frontier",): {"true_cost_per_success_low": None}},
        # whole tasks: x 11 and 1, y 1 and 1: R 6, residuals 5, -5, s^2 50, se sqrt(50 / 2)
        {"true_cost_per_success_low": 0.0, "true_cost_per_success_high": usd(1) * (6 + 5 * Z)},
    ),
    Scene(
        "R18", "only calls of production or of no environment enter reports",
        facts(call("c1", "10-05", task="t1"), call("c2", "10-06", "dear", "t1", environment="staging"),
              call("c3", "10-07", environment="production"), call("c4", "10-08", environment="staging", final=True)),
        {("commodity",): {"tasks": 2, "calls": 2, "escalated": 0, "token_bill": usd(2)}},
    ),
    Scene(
        "R18", "what names a staging call or task names nothing known",
        facts(call("c1", "10-05", task="t1", environment="staging"), call("c2", "10-05", task="t2"),
              call("c3", "10-05", task="t2", environment="staging"), outcomes=(outcome("t1"),),
              corrections=(correction("k1", "10-06", 2, "fix", task="t1"),
                           correction("k2", "10-06", 3, "fix", call="c3"))),
        {("commodity",): {"tasks": 1, "first_pass": 1, "internal_failure": 0},
         (None,): {"tasks": 0, "internal_failure": usd(5)}},
        coverage={"corrections_linked": Fraction(0), "unattributed_cost": usd(5)},
    ),
]  # fmt: skip
