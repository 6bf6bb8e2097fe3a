"""R5 to R8: incidents, rounding, period entries, fixed costs."""

from fractions import Fraction

from .cast import ADJUSTER, Scene, call, correction, facts, incident, model, on_task, usd, without_task

CHEAP, DEAR = "acme/cheap", "acme/dear"
ONE_TASK = (call("c1", "10-05", task="t1"),)
# Claims in October: two tasks delivered by commodity, one by frontier.
THREE_TASKS = (
    call("c1", "10-05", "cheap", "t1"),
    call("c2", "10-06", "cheap", "t2"),
    call("c3", "10-07", "dear", "t3"),
)


def fell_on(day):
    """`cheap`, which was mid until that day."""
    return model("cheap", [{"tier": "mid", "from": "2026-01-01"}, {"tier": "commodity", "from": day}], 1, 2)


def fixed(name, first, last, amount, **scope):
    return {"name": name, "from": f"2026-{first}", "to": f"2026-{last}", "amount": amount, "kind": "compute", **scope}


SCENES = [
    Scene(
        "R5", "an open incident stands beside the report and fails nothing",
        facts(*ONE_TASK, incidents=(incident("i1", "10-06", 500, status="open", tasks=[{"task": "t1"}]),)),
        {("commodity",): {"external_failure": 0, "failures": 0, "successes": 1, "incidents": 0}},
        coverage={"open_incidents": 1},
    ),
    Scene(
        "R5", "a dismissed incident is nowhere",
        facts(*ONE_TASK, incidents=(incident("i1", "10-06", 500, status="dismissed", tasks=[{"task": "t1"}]),)),
        {("commodity",): {"external_failure": 0, "successes": 1}},
        coverage={"open_incidents": 0},
        entries=[],
    ),
    Scene(
        "R5", "loss and response are rounded together",
        # loss 0.000000001, one minute at $0.00000009 an hour = 1.5 nano: 2.5 rounds to 2, of which 1 is cash
        facts(*ONE_TASK, incidents=(incident("i1", "10-06", "0.000000001", response_minutes=1, role="clerk",
                                             tasks=[{"task": "t1"}]),),
              labour_rates=[ADJUSTER, {"role": "clerk", "hourly": "0.00000009", "from": "2026-01-01"}]),
        {("commodity",): {"external_failure": 2, "cash": usd(1) + 1, "labour": 1}},
    ),
    Scene(
        "R5", "weights default to 1",
        facts(*THREE_TASKS, incidents=(
            incident("i1", "10-09", 80, tasks=[{"task": "t1"}, {"task": "t3", "weight": 3}]),)),
        {("commodity",): {"external_failure": usd(20), "failures": 1}, ("frontier",): {"external_failure": usd(60)}},
    ),
    Scene(
        "R5", "a link of weight 0 fails its task and costs it nothing",
        facts(*THREE_TASKS, incidents=(
            incident("i1", "10-09", 80, tasks=[{"task": "t1", "weight": 0}, {"task": "t3", "weight": 0.5}]),)),
        {("commodity",): {"external_failure": 0, "failures": 1, "successes": 1, "incidents": 0},
         ("frontier",): {"external_failure": usd(80), "failures": 1, "incidents": 1}},
        entries=[on_task("incident", "i1", "10-07", "deciding", "external_failure", "cash", task="t3", tier="frontier",
                         model=DEAR, amount=usd(80))],
    ),
    Scene(
        "R5", "an incident of a call fails the call's task, and costs the call's tier",
        facts(call("c1", "10-05", "cheap", "t1"), call("c2", "10-06", "dear", "t1"),
              incidents=(incident("i1", "10-09", 7, calls=[{"call": "c1"}]),)),
        {("commodity",): {"external_failure": usd(7), "tasks": 0, "failures": 0},
         ("frontier",): {"external_failure": 0, "tasks": 1, "failures": 1}},
    ),
    Scene(
        "R5", "an incident of a model alone fails no task",
        facts(*ONE_TASK, incidents=(incident("i1", "10-09", 7, model="cheap"),)),
        {("commodity",): {"external_failure": usd(7), "successes": 1, "allocated": usd(7)}},
        entries=[without_task("incident", "i1", "10-09", "explicit", "external_failure", "cash", team="Claims",
                              tier="commodity", model=CHEAP, amount=usd(7))],
    ),
    Scene(
        "R5", "recovered in full and without response it makes no entry, and still fails its task",
        facts(*ONE_TASK, incidents=(incident("i1", "10-06", 50, recovered_usd=50, tasks=[{"task": "t1"}]),)),
        {("commodity",): {"external_failure": 0, "failures": 1, "incidents": 0}},
        entries=[],
    ),
    Scene(
        "R6", "each call is rounded half even on its own",
        # 0.5, 1.5 and 2.5 nano-dollars: 0 + 2 + 2, not 4.5
        facts(*(call(f"c{n}", "10-05", input_tokens=n) for n in (1, 3, 5)),
              models=[model("cheap", "commodity", "0.0005", 2)]),
        {("commodity",): {"token_bill": 4, "calls": 3}},
    ),
    Scene(
        "R6", "a correction is rounded half even, once",
        # 7.5 minutes at $0.00000004 an hour = 5 nano; 3.75 minutes = 2.5 nano: 2
        facts(*ONE_TASK, labour_rates=[ADJUSTER, {"role": "clerk", "hourly": "0.00000004", "from": "2026-01-01"}],
              corrections=(correction("k1", "10-07", 7.5, "fix", task="t1", role="clerk"),
                           correction("k2", "10-07", 3.75, "redo", task="t1", role="clerk"))),
        {("commodity",): {"internal_failure": 7}},
    ),
    Scene(
        "R6", "a rate from a salary is whole nano-dollars an hour",
        # 150,000 x 1.3 / 1,700 = 114.705882352941...; 90 minutes of 114.705882353 = 172.0588235295: half even
        facts(*ONE_TASK, corrections=(correction("k1", "10-07", 90, "fix", task="t1", role="analyst"),),
              labour_rates=[ADJUSTER, {"role": "analyst", "salary": 150000, "overhead": 0.30, "productive_hours": 1700,
                             "from": "2026-01-01"}]),
        {("commodity",): {"internal_failure": usd("172.058823530")}},
    ),
    Scene(
        "R6", "largest remainder: of equal ones the task that sorts first takes the nano-dollar",
        # 5 nano over weights 1, 1: 2.5 each
        facts(*THREE_TASKS, incidents=(
            incident("i1", "10-09", "0.000000005", tasks=[{"task": "t3"}, {"task": "t1"}]),)),
        {("commodity",): {"external_failure": 3}, ("frontier",): {"external_failure": 2}},
    ),
    Scene(
        "R6", "largest remainder: the largest takes it, wherever it sorts",
        # 10 nano over 1, 1, 4: 1.67, 1.67, 6.67 -> all .67: the first two of three take the 2 left
        facts(*THREE_TASKS, incidents=(incident("i1", "10-09", "0.000000010", tasks=[
            {"task": "t1", "weight": 1}, {"task": "t2", "weight": 1}, {"task": "t3", "weight": 4}]),)),
        {("commodity",): {"external_failure": 4}, ("frontier",): {"external_failure": 6}},
    ),
    Scene(
        "R6", "cash and labour each conserve to the nano-dollar",
        # cash 1 nano and labour 1 nano over two tasks: each takes its odd nano to the first
        facts(*THREE_TASKS, incidents=(incident("i1", "10-09", "0.000000001", response_minutes=1, role="clerk",
                                                tasks=[{"task": "t1"}, {"task": "t3"}]),),
              labour_rates=[ADJUSTER, {"role": "clerk", "hourly": "0.00000006", "from": "2026-01-01"}]),
        {("commodity",): {"external_failure": 2, "labour": 1}, ("frontier",): {"external_failure": 0}},
    ),
    Scene(
        "R6", "numbers are read as their decimal text",
        # the last is 93,652.5 nano-dollars
        facts(call("c1", "10-05", cost_usd=0.1), call("c2", "10-05", cost_usd=0.2),
              call("c3", "10-05", cost_usd=9.36525e-05)),
        {("commodity",): {"token_bill": usd("0.300093652")}},
    ),
    Scene(
        "R7", "a period entry on a model is explicit, with the tier of the day it was worked on",
        facts(models=[fell_on("2026-10-15")],
              corrections=(correction("k1", "10-14", 1, "upkeep", model="cheap"),
                           correction("k2", "10-15", 2, "upkeep", model="cheap"))),
        {("mid",): {"prevention": usd(1), "allocated": usd(1)}, ("commodity",): {"prevention": usd(2)}},
        entries=[
            without_task("correction", "k1", "10-14", "explicit", "prevention", "labour", team="Claims", tier="mid",
                         model=CHEAP, amount=usd(1)),
            without_task("correction", "k2", "10-15", "explicit", "prevention", "labour", team="Claims",
                         tier="commodity", model=CHEAP, amount=usd(2))],
    ),
    Scene(
        "R7", "a period entry on a tier is scope, and its verdict is nobody's",
        facts(*ONE_TASK, corrections=(
            correction("k1", "10-20", 14 * 60, "fix", tier="commodity", verdict="rejected"),)),
        {("commodity",): {"internal_failure": usd(840), "successes": 1, "first_pass": 1, "judged": 0}},
    ),
    Scene(
        "R7", "only a team: over that team's tiers by tasks of that month, of every status",
        facts(*THREE_TASKS, call("s1", "10-05", "middle", "t9", team="Support"), call("c4", "11-02", "dear", "t4"),
              corrections=(correction("k1", "10-31", 30, "fix"),)),
        {("commodity",): {"internal_failure": usd(20)}, ("frontier",): {"internal_failure": usd(10)},
         ("mid",): {"internal_failure": 0}},
        entries=[
            without_task("correction", "k1", "10-31", "scope", "internal_failure", "labour", team="Claims",
                         tier="commodity", model=None, amount=usd(20)),
            without_task("correction", "k1", "10-31", "scope", "internal_failure", "labour", team="Claims",
                         tier="frontier", model=None, amount=usd(10))],
    ),
    Scene(
        "R7", "only a team: pending and failed tasks weigh as much, and the unknown tier is a target of its own",
        facts(call("c1", "10-05", "cheap", "t1"), call("c2", "10-30", "dear", "t2"),
              call("c3", "10-07", "cheap", "t3", purpose="triage"),
              corrections=(correction("k1", "10-31", 30, "fix"),), as_of="2026-10-31"),
        {("commodity",): {"internal_failure": usd(10)}, ("frontier",): {"internal_failure": usd(10), "pending": 1},
         (None,): {"internal_failure": usd(10), "failures": 1}},
        coverage={"unattributed_cost": usd(10)},
    ),
    Scene(
        "R7", "only a team: ties go to the tier name that sorts first, unknown last",
        # 2 nano over three tiers: commodity and frontier
        facts(call("c1", "10-05", "cheap", "t1"), call("c2", "10-30", "dear", "t2"),
              call("c3", "10-07", "mystery", "t3", cost_usd=1),
              corrections=(correction("k1", "10-31", 1, "fix", role="clerk"),),
              labour_rates=[ADJUSTER, {"role": "clerk", "hourly": "0.00000012", "from": "2026-01-01"}]),
        {("commodity",): {"internal_failure": 1}, ("frontier",): {"internal_failure": 1},
         (None,): {"internal_failure": 0}},
    ),
    Scene(
        "R7", "a team without tasks that month: unattributed, the team kept",
        facts(*THREE_TASKS, corrections=(correction("k1", "10-31", 30, "fix", team="Support"),)),
        {("Claims",): {"internal_failure": 0, "tasks": 3}, ("Support",): {"internal_failure": usd(30), "tasks": 0}},
        coverage={"unattributed_cost": usd(30)},
        entries=[without_task("correction", "k1", "10-31", "unattributed", "internal_failure", "labour", team="Support",
                              tier=None, model=None, amount=usd(30))],
        query={"by": ("team",)},
    ),
    Scene(
        "R7", "nothing named, not even a team: unattributed",
        facts(*ONE_TASK, corrections=(correction("k1", "10-31", 30, "fix", team=None),)),
        {("commodity",): {"internal_failure": 0}, (None,): {"internal_failure": usd(30), "allocated": usd(30)}},
        entries=[without_task("correction", "k1", "10-31", "unattributed", "internal_failure", "labour", team=None,
                              tier=None, model=None, amount=usd(30))],
    ),
    Scene(
        "R8", "a fixed cost is spread over the days of [from, to)",
        # 61 days from 15 September to 15 November: 31 of them in October
        facts(*ONE_TASK, fixed_costs=[fixed("GPU lease", "09-15", "11-15", 610, tier="commodity")]),
        {("commodity",): {"fixed_compute": usd(310), "true_cost": usd(311), "cash": usd(311), "prevention": 0,
                          "allocated": usd(310), "multiplier": Fraction(1),
                          "true_cost_per_success": Fraction(usd(311))}},
    ),
    Scene(
        "R8", "of kind prevention it is no compute",
        facts(*ONE_TASK, fixed_costs=[fixed("Fine-tuning", "10-01", "10-11", 9, tier="commodity", kind="prevention")]),
        {("commodity",): {"fixed_compute": 0, "prevention": usd(9), "cash": usd(10), "multiplier": Fraction(10)}},
    ),
    Scene(
        "R8", "the odd nano-dollars go to the earlier days",
        # 5 nano over three days: 2, 2, 1
        facts(fixed_costs=[fixed("GPU lease", "09-30", "10-03", "0.000000005", tier="commodity")]),
        {("commodity",): {"fixed_compute": 3}},
    ),
    Scene(
        "R8", "it accrues to the day it is looked at, that day included",
        facts(fixed_costs=[fixed("GPU lease", "10-01", "11-01", 31, tier="commodity")], as_of="2026-10-10"),
        {("commodity",): {"fixed_compute": usd(10)}},
    ),
    Scene(
        "R8", "abandoned, the rest is written off that day",
        facts(fixed_costs=[fixed("GPU lease", "09-21", "12-30", 100, tier="commodity", abandoned_on="2026-10-20")]),
        # ten days in September; all else by 20 October
        {("commodity",): {"fixed_compute": usd(90)}},
    ),
    Scene(
        "R8", "abandoned tomorrow, today knows nothing of it",
        facts(fixed_costs=[fixed("GPU lease", "10-01", "11-10", 40, tier="commodity", abandoned_on="2026-10-20")],
              as_of="2026-10-19"),
        {("commodity",): {"fixed_compute": usd(19)}},
    ),
    Scene(
        "R8", "a model's by its tier of each day",
        facts(models=[fell_on("2026-10-11")],
              fixed_costs=[fixed("Own GPUs", "10-01", "11-01", 31, model="cheap")]),
        {("mid",): {"fixed_compute": usd(10)}, ("commodity",): {"fixed_compute": usd(21)}},
    ),
    Scene(
        "R8", "a team's month is added up and split over its tiers by tasks of that month",
        # November has no task of Claims: its ten days are unattributed
        facts(*THREE_TASKS, fixed_costs=[fixed("Licence", "10-29", "11-11", 13, team="Claims")]),
        {("commodity", "2026-10"): {"fixed_compute": usd(2)}, ("frontier", "2026-10"): {"fixed_compute": usd(1)},
         (None, "2026-11"): {"fixed_compute": usd(10)}},
        entries=[
            without_task("fixed_cost", "Licence", "10-31", "scope", "fixed_compute", "cash", team="Claims",
                         tier="commodity", model=None, amount=usd(2)),
            without_task("fixed_cost", "Licence", "10-31", "scope", "fixed_compute", "cash", team="Claims",
                         tier="frontier", model=None, amount=usd(1)),
            without_task("fixed_cost", "Licence", "11-10", "unattributed", "fixed_compute", "cash", team="Claims",
                         tier=None, model=None, amount=usd(10))],
        query={"last": "2026-11", "by": ("tier", "month")},
    ),
    Scene(
        "R8", "hours cost the loaded rate of the first day, as labour",
        # 10.5 hours at $60; the dearer rate comes too late
        facts(*ONE_TASK, labour_rates=[ADJUSTER, {"role": "adjuster", "hourly": 90, "from": "2026-10-02"}],
              fixed_costs=[{"name": "Babysitting", "from": "2026-10-01", "to": "2026-10-11", "hours": "10.5",
                            "role": "adjuster", "kind": "prevention", "asset": "engineering", "tier": "commodity"}]),
        {("commodity",): {"prevention": usd(630), "labour": usd(630), "cash": usd(1), "true_cost": usd(631)}},
    ),
    Scene(
        "R8", "without scope it is unattributed",
        facts(*ONE_TASK, fixed_costs=[fixed("Gateway", "10-01", "11-01", 31)]),
        {("commodity",): {"fixed_compute": 0}, (None,): {"fixed_compute": usd(31), "tasks": 0}},
        coverage={"unattributed_cost": usd(31)},
    ),
]  # fmt: skip
