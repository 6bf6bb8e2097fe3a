"""R9 and R10: which price, which tier, and when a cost is not known."""

from datetime import date
from fractions import Fraction

from .cast import MILLION, Scene, call, correction, facts, model, usd

# It was mid until the middle of October.
FELL = [{"tier": "mid", "from": "2026-01-01"}, {"tier": "commodity", "from": "2026-10-15"}]
UNPRICED = {"calls": 1, "priced_calls": 0, "token_bill": None, "incomplete": True, "true_cost": 0}


def priced_by(*prices, **more):
    """A single model `cheap` of the commodity tier with these prices."""
    return [{"provider": "acme", "name": "cheap", "tier": "commodity", "prices": list(prices), **more}]


SCENES = [
    Scene(
        "R9", "a price begins at 00:00 of the reporting zone",
        # midnight of 15 October in New York is 04:00 in UTC
        facts(call("c1", "10-15T03:59"), call("c2", "10-15T04:00"), zone="America/New_York",
              models=priced_by({"from": "2026-01-01", "input": 1, "output": 2},
                               {"from": "2026-10-15", "input": 5, "output": 2})),
        {("commodity",): {"token_bill": usd(6), "calls": 2}},
    ),
    Scene(
        "R9", "before its first price a model is unpriced",
        facts(call("c1", "10-14"), models=priced_by({"from": "2026-10-15", "input": 5, "output": 2})),
        {("commodity",): UNPRICED},
        coverage={"unpriced_calls": 1, "calls_priced": Fraction(0)},
    ),
    Scene(
        "R9", "the tier of a call is that of its own day",
        facts(call("c1", "10-14", task="t1"), call("c2", "10-15", task="t1"), outcomes=({
                  "team": "Claims", "task": "t1", "outcome": "success"},),
              models=[model("cheap", FELL, 1, 2)]),
        {("mid",): {"tasks": 0, "calls": 1, "token_bill": usd(1), "attempts": 1, "escalated": 1},
         ("commodity",): {"tasks": 1, "calls": 1, "token_bill": usd(1), "attempts": 1, "escalated": 0}},
    ),
    Scene(
        "R9", "the model stayed the same all along: one try of it, and no escalation",
        facts(call("c1", "10-14", task="t1"), call("c2", "10-15", task="t1"),
              models=[model("cheap", FELL, 1, 2)]),
        {("acme/cheap",): {"tasks": 1, "calls": 2, "attempts": 1, "escalated": 0}},
        query={"by": ("model",)},
    ),
    Scene(
        "R9", "by model and tier it stands under the tier it delivered with; its calls under their own",
        facts(call("c1", "10-14", task="t1"), call("c2", "10-15", task="t1"),
              models=[model("cheap", FELL, 1, 2)]),
        {("acme/cheap", "mid"): {"tasks": 0, "calls": 1, "token_bill": usd(1), "attempts": 0, "tasks_touched": 0,
                                 "wasted_tokens": usd(1)},
         ("acme/cheap", "commodity"): {"tasks": 1, "calls": 1, "attempts": 1, "escalated": 0, "tasks_touched": 1}},
        query={"by": ("model", "tier")},
    ),
    Scene(
        "R9", "a model without a tier that day is of the unknown tier",
        facts(call("c1", "10-14"), models=[model("cheap", [{"tier": "mid", "from": "2026-10-15"}], 1, 2)]),
        {(None,): {"tasks": 1, "calls": 1, "token_bill": usd(1)}},
    ),
    Scene(
        "R9", "there is no fall-back between service tiers",
        facts(call("c1", "10-14", service_tier="batch"), call("c2", "10-14", service_tier="priority"),
              call("c3", "10-14"),
              models=priced_by({"from": "2026-01-01", "input": 1, "output": 2},
                               {"from": "2026-01-01", "input": 0.5, "output": 1, "service_tier": "batch"})),
        {("commodity",): {"token_bill": usd("1.5"), "calls": 3, "priced_calls": 2, "incomplete": True}},
    ),
    Scene(
        "R9", "a contract price beats any catalogue price of the same model and service tier",
        facts(call("c1", "10-14"), call("c2", "10-14", service_tier="batch"),
              models=priced_by({"from": "2026-01-01", "input": 1, "output": 2}),
              catalogue=(
                  {"provider": "acme", "name": "cheap", "from": date(2026, 6, 1), "input": 7, "output": 9},
                  {"provider": "acme", "name": "cheap", "from": date(2026, 6, 1), "input": 4, "output": 9,
                   "service_tier": "batch"})),
        {("commodity",): {"token_bill": usd(5), "priced_calls": 2}},
    ),
    Scene(
        "R9", "an alias is its model, and a name that one provider offers needs no provider",
        facts(call("c1", "10-14", "cheap-2026-01-01"), call("c2", "10-14", "cheap", provider=...),
              call("c3", "10-14", "cheap-2026-01-01", provider=...),
              models=[model("cheap", "commodity", 1, 2, aliases=["cheap-2026-01-01"])]),
        {("acme/cheap",): {"calls": 3, "token_bill": usd(3)}},
        query={"by": ("model",)},
    ),
    Scene(
        "R9", "a name without provider that two providers offer is unknown",
        facts(call("c1", "10-14", "cheap", provider=...), call("c2", "10-14", "cheap"),
              models=[model("cheap", "commodity", 1, 2), {**model("cheap", "mid", 3, 2), "provider": "other"}]),
        {("acme/cheap", "commodity"): {"calls": 1, "token_bill": usd(1)}, ("cheap", None): {**UNPRICED, "tasks": 1}},
        query={"by": ("model", "tier")},
    ),
    Scene(
        "R9", "a rate begins on its day",
        facts(call("c1", "10-05", task="t1"),
              corrections=(correction("k1", "10-14", 1, "fix", task="t1"),
                           correction("k2", "10-15", 1, "redo", task="t1")),
              labour_rates=[{"role": "adjuster", "hourly": 60, "from": "2026-01-01"},
                            {"role": "adjuster", "hourly": 120, "from": "2026-10-15"}]),
        {("commodity",): {"internal_failure": usd(3)}},
    ),
    Scene(
        "R10", "an unknown model is accepted, unpriced, and of no tier",
        facts(call("c1", "10-14", "mystery"), call("c2", "10-14", "cheap")),
        {("commodity",): {"calls": 1, "token_bill": usd(1), "incomplete": False}, (None,): {**UNPRICED, "tasks": 1}},
        {"calls": 2, "priced_calls": 1, "token_bill": usd(1), "incomplete": True, "true_cost": usd(1)},
        {"calls_priced": Fraction(1, 2), "unpriced_calls": 1},
    ),
    Scene(
        "R10", "an all-zero price is unpriced",
        facts(call("c1", "10-14"), models=priced_by({"from": "2026-01-01", "input": 0, "output": 0})),
        {("commodity",): UNPRICED},
    ),
    Scene(
        "R10", "unless it says that it is free",
        facts(call("c1", "10-14"), models=priced_by({"from": "2026-01-01", "input": 0, "output": 0, "free": True})),
        {("commodity",): {"calls": 1, "priced_calls": 1, "token_bill": 0, "incomplete": False, "multiplier": None}},
    ),
    Scene(
        "R10", "a used bucket without a price makes the call unpriced; an unused one does not",
        facts(call("c1", "10-14", cache_read_tokens=1), call("c2", "10-14", cache_read_tokens=0)),
        {("commodity",): {"calls": 2, "priced_calls": 1, "token_bill": usd(1), "incomplete": True}},
    ),
    Scene(
        "R10", "a call with no token field is unpriced; with zeros it costs nothing",
        facts(call("c1", "10-14", input_tokens=...), call("c2", "10-14", input_tokens=0)),
        {("commodity",): {"calls": 2, "priced_calls": 1, "token_bill": 0}},
    ),
    Scene(
        "R10", "a reported cost of 0 with tokens is not believed: the computed one counts",
        facts(call("c1", "10-14", cost_usd=0), call("c2", "10-14", "mystery", cost_usd="0.00")),
        {("commodity",): {"priced_calls": 1, "token_bill": usd(1)}, (None,): UNPRICED},
    ),
    Scene(
        "R10", "a reported cost of 0 counts for a free model, and where there are no tokens",
        facts(call("c1", "10-14", cost_usd=0), call("c2", "10-14", "mystery", cost_usd=0, input_tokens=0),
              models=priced_by({"from": "2026-01-01", "input": 0, "output": 0, "free": True})),
        {("commodity",): {"priced_calls": 1, "token_bill": 0}, (None,): {"priced_calls": 1, "token_bill": 0}},
    ),
    Scene(
        "R10", "the bill includes calls of every status",
        facts(*(call(f"c{n}", "10-14", task="t1", status=status)
                for n, status in enumerate(("ok", "error", "timeout", "refused")))),
        {("commodity",): {"calls": 4, "token_bill": usd(4), "tasks": 1, "input_tokens": 4 * MILLION}},
    ),
    Scene(
        "R10", "the bill of no calls is 0, of unpriced calls only it is null",
        facts(call("c1", "10-14", "mystery", "t1"), corrections=(correction("k1", "10-15", 1, "upkeep", tier="mid"),)),
        {("mid",): {"calls": 0, "token_bill": 0, "incomplete": False, "true_cost": usd(1)},
         (None,): {"token_bill": None, "token_cost_per_task": None, "incomplete": True}},
        {"token_bill": None, "true_cost": usd(1)},
    ),
]  # fmt: skip
