"""R11 to R14: types and values, owners, duplicates and versions, what is traced."""

from fractions import Fraction

from .cast import Scene, call, correction, facts, incident, outcome, usd, without_task

CLAIM = {"task_type": "claim"}
T1 = call("c1", "10-05", task="t1")

SCENES = [
    Scene(
        "R11", "the outcome's task type is the task's, for its calls and entries too",
        facts(call("c1", "10-05", task="t1", **CLAIM), outcomes=(outcome("t1", task_type="ticket"),),
              corrections=(correction("k1", "10-06", 2, task="t1"),)),
        {("ticket",): {"tasks": 1, "calls": 1, "token_bill": usd(1), "internal_failure": usd(2)}},
        query={"by": ("task_type",)},
    ),
    Scene(
        "R11", "else that of the earliest call that names one; a task that names none has none",
        facts(call("c1", "10-05", task="t1"), call("c2", "10-06", task="t1", task_type="ticket"),
              call("c3", "10-07", task="t1", **CLAIM), call("c4", "10-07", task="t2")),
        {("ticket",): {"tasks": 1, "calls": 3}, (None,): {"tasks": 1, "calls": 1}},
        query={"by": ("task_type",)},
    ),
    Scene(
        "R11", "the outcome's value beats the type's",
        facts(call("c1", "10-05", task="t1", **CLAIM), call("c2", "10-05", task="t2", **CLAIM),
              outcomes=(outcome("t1", value_usd="20.00"), outcome("t2"))),
        # (20 + 12.50) / 2 of value, $2 of cost; by hand 30 minutes = $30
        {("commodity",): {"value_per_success": Fraction(usd("16.25")), "manual_cost_per_task": Fraction(usd(30)),
                          "margin_per_success": Fraction(usd("15.25")), "return_on_spend": Fraction(65, 4),
                          "price_headroom": Fraction(65, 4)}},
    ),
    Scene(
        "R11", "value_per_success is null unless every success has one",
        facts(call("c1", "10-05", task="t1", **CLAIM), call("c2", "10-05", task="t2"),
              outcomes=(outcome("t1"), outcome("t2"))),
        {("commodity",): {"value_per_success": None, "margin_per_success": None, "manual_cost_per_task": None}},
    ),
    Scene(
        "R11", "a failure needs no value",
        facts(call("c1", "10-05", task="t1", **CLAIM), call("c2", "10-05", task="t2"),
              outcomes=(outcome("t1"), outcome("t2", "failure"))),
        {("commodity",): {"value_per_success": Fraction(usd("12.5")), "return_on_spend": Fraction(25, 4)}},
    ),
    Scene(
        "R12", "a task is (team, task): the same name in two teams is two tasks",
        facts(T1, call("c1", "10-05", task="t1", team="Support"), outcomes=(outcome("t1", team="Support"),
              outcome("t1", "failure"))),
        {("Claims",): {"tasks": 1, "failures": 1, "calls": 1}, ("Support",): {"tasks": 1, "successes": 1, "calls": 1}},
        query={"by": ("team",)},
    ),
    Scene(
        "R12", "without a team a name that is in one team only links",
        facts(T1, call("s1", "10-06", task="t2", team="Support"), outcomes=(outcome("t2", "failure", team=None),),
              corrections=(correction("k1", "10-07", 3, "fix", team=None, task="t1"),),
              incidents=(incident("i1", "10-08", 8, team=None, tasks=[{"task": "t1"}, {"task": "t2"}]),)),
        {("Claims",): {"internal_failure": usd(3), "external_failure": usd(4), "failures": 1},
         ("Support",): {"internal_failure": 0, "external_failure": usd(4), "failures": 1}},
        coverage={"corrections_linked": Fraction(1), "incidents_linked": Fraction(1)},
        query={"by": ("team",)},
    ),
    Scene(
        "R12", "a record of another team does not link",
        facts(T1, outcomes=(outcome("t1", "failure", team="Support"),),
              corrections=(correction("k1", "10-07", 3, "fix", team="Support", task="t1"),)),
        {("Claims",): {"successes": 1, "presumed": 1, "internal_failure": 0},
         ("Support",): {"tasks": 0, "internal_failure": usd(3)}},
        coverage={"corrections_linked": Fraction(0), "unattributed_cost": usd(3)},
        query={"by": ("team",)},
    ),
    Scene(
        "R12", "what never links stays unattributed, and shares are not split again",
        facts(T1, incidents=(
            incident("i1", "10-08", 9, tasks=[{"task": "t1", "weight": 1}, {"task": "gone", "weight": 2}]),)),
        {("commodity",): {"external_failure": usd(3), "allocated": 0},
         (None,): {"external_failure": usd(6), "allocated": usd(6), "tasks": 0, "incidents": 1}},
        {"incidents": 1, "incident_cost": usd(9)},
        {"incidents_linked": Fraction(0), "unattributed_cost": usd(6)},
    ),
    Scene(
        "R12", "tasks exist by calls: an outcome alone makes none",
        facts(outcomes=(outcome("t1"),)),
        {},
        {"tasks": 0, "successes": 0, "true_cost": 0, "token_bill": 0, "true_cost_per_success": None},
    ),
    Scene(
        "R13", "a resend is a duplicate: numbers by value, times by instant",
        facts(T1, {**T1, "cost_usd": None, "occurred_at": "2026-10-05T14:00:00+02:00", "status": "ok"},
              corrections=(correction("k1", "10-06", 5, task="t1"), correction("k1", "10-06", 5.0, task="t1"))),
        {("commodity",): {"calls": 1, "token_bill": usd(1), "internal_failure": usd(5)}},
    ),
    Scene(
        "R13", "ids are a team's own",
        facts(T1, call("c1", "10-06", task="t2", team="Support"),
              corrections=(correction("k1", "10-06", 5, task="t1"),
                           correction("k1", "10-06", 7, task="t2", team="Support"))),
        {("Claims",): {"calls": 1, "internal_failure": usd(5)}, ("Support",): {"calls": 1, "internal_failure": usd(7)}},
        query={"by": ("team",)},
    ),
    Scene(
        "R13", "an id is for ever, not for a month",
        facts(T1, T1, call("c2", "11-05", task="t1")),
        {("commodity",): {"calls": 1, "tasks": 1}},
    ),
    Scene(
        "R13", "the highest version counts, in whatever order they come",
        facts(T1, outcomes=(outcome("t1", "failure", version=2), outcome("t1")),
              corrections=(correction("k1", "10-06", 50, task="t1", version=3), correction("k1", "10-06", 5, task="t1"),
                           correction("k1", "10-06", 20, task="t1", version=2))),
        {("commodity",): {"failures": 1, "internal_failure": usd(50)}},
    ),
    Scene(
        "R13", "withdrawn removes: outcome, correction and incident",
        facts(T1, outcomes=(outcome("t1", "failure"), outcome("t1", "failure", version=2, withdrawn=True)),
              corrections=(correction("k1", "10-06", 5, task="t1", verdict="rejected"),
                           correction("k1", "10-06", 5, task="t1", version=2, withdrawn=True)),
              incidents=(incident("i1", "10-06", 5, tasks=[{"task": "t1"}], version=2, withdrawn=True),
                         incident("i1", "10-06", 5, tasks=[{"task": "t1"}]))),
        {("commodity",): {"successes": 1, "presumed": 1, "judged": 0, "internal_failure": 0, "external_failure": 0}},
        entries=[],
    ),
    Scene(
        "R13", "a later version brings a withdrawn record back",
        facts(T1, corrections=(correction("k1", "10-06", 5, task="t1", version=2, withdrawn=True),
                               correction("k1", "10-06", 7, task="t1", version=3))),
        {("commodity",): {"internal_failure": usd(7)}},
    ),
    Scene(
        "R13", "a later version may name another task",
        facts(T1, call("c2", "10-05", "dear", "t2"),
              corrections=(correction("k1", "10-06", 5, task="t1"),
                           correction("k1", "10-06", 5, task="t2", version=2))),
        {("commodity",): {"internal_failure": 0, "first_pass": 1},
         ("frontier",): {"internal_failure": usd(5), "amended": 1}},
    ),
    Scene(
        "R14", "entries say whether they are traced: the allocated are those that name no known task",
        facts(T1, corrections=(correction("k1", "10-06", 5, task="t1"), correction("k2", "10-06", 7, tier="commodity"),
                               correction("k3", "10-06", 9, call="c1"), correction("k4", "10-06", 11, call="unknown"))),
        {("commodity",): {"internal_failure": usd(21), "allocated": usd(7)},
         (None,): {"internal_failure": usd(11), "allocated": usd(11)}},
        coverage={"corrections_linked": Fraction(2, 3)},
    ),
    Scene(
        "R14", "while no month is closed both bases agree",
        facts(T1, corrections=(correction("k1", "11-06", 5, task="t1"),)),
        {("commodity",): {"internal_failure": usd(5)}},
        query={"basis": "reported"},
    ),
    Scene(
        "R14", "a late record moves a team's split, and the net ledger is what it would have been",
        facts(T1, call("late", "10-07", "dear", "t2"), corrections=(correction("k1", "10-31", 10),)),
        {("commodity",): {"internal_failure": usd(5)}, ("frontier",): {"internal_failure": usd(5)}},
        entries=[
            without_task("correction", "k1", "10-31", "scope", "internal_failure", "labour", team="Claims",
                         tier="commodity", model=None, amount=usd(5)),
            without_task("correction", "k1", "10-31", "scope", "internal_failure", "labour", team="Claims",
                         tier="frontier", model=None, amount=usd(5))],
    ),
]  # fmt: skip
