"""Whatever happens, in whatever order: nothing for rebuild to find, no fault, and the report that the facts alone make.

Records come before and after what they name, in versions, between changes of reference data and days that pass, with
the worker and readers in between. A fresh installation then gets only what counts in the end.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.db import transaction
from django.test import override_settings

from audits.actions.catch_up import catch_up, sweep
from audits.actions.rebuild import rebuild
from audits.queries.verify import faults
from spend.queries.zone import reporting_day
from tests.build import have_reference, record, report

ZONE = ZoneInfo("Asia/Kolkata")
START = datetime(2026, 10, 20, 12, tzinfo=ZONE)
TEAMS = ["Claims", "Support"]
TIERS = ["commodity", "mid", "frontier"]
MODELS = ["big", "little", "other"]
TYPES = ["claim", "ticket"]
OPERATIONS = 60
SEEDS = int(os.environ.get("SEEDS", "2"))
Record = dict[str, Any]
KINDS = ("call", "outcome", "correction", "incident")


class World:
    """What was said so far, and how to say more by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = START
        self.facts: dict[str, list[Record]] = {kind: [] for kind in KINDS}
        self.versions: dict[tuple[str, str], tuple[int, Record]] = {}
        self.reference: dict[str, list[Record]] = {
            "teams": [{"name": team} for team in TEAMS],
            "labour_rates": [{"role": "clerk", "hourly": 60, "from": "2026-01-01"}],
            "tiers": [{"name": tier, "from_blended": place} for place, tier in enumerate(TIERS)],
            "models": [
                {
                    "provider": "acme", "name": model, "tier": [{"tier": TIERS[place], "from": "2026-01-01"}],
                    "prices": [{"from": "2026-01-01", "input": place + 1, "output": 2 * place + 3}],
                }
                for place, model in enumerate(MODELS[:2])
            ],
            "task_types": [{"name": name, "acceptance_days": 4} for name in TYPES],
            "fixed_costs": [],
        }  # fmt: skip

    def day(self) -> str:
        return str((self.now - timedelta(days=self.chance.randint(0, 12))).date())

    def task(self, team: str) -> str:
        return f"{team[0]}{self.chance.randint(1, 5)}"

    def call_name(self, team: str) -> str:
        return f"{team[0]}-c{self.chance.randint(1, 30)}"

    def owner(self, record: Record, team: str) -> Record:
        """Say the team, or leave it to what is named."""
        return record if self.chance.random() < 0.4 else {**record, "team": team}

    def step(self) -> None:
        chosen = self.chance.choice(["call"] * 8 + ["outcome"] * 2 + ["correction"] * 5 + ["incident"] * 3 + [""] * 4)
        if chosen:
            self.say(chosen, [getattr(self, chosen)() for _ in range(self.chance.randint(1, 3))])
        else:
            self.chance.choice([self.pass_time, self.work, self.change, self.change])()

    def say(self, kind: str, records: list[Record]) -> None:
        for each in records:
            receipt = record(kind, each, at=self.now)  # type: ignore[arg-type]
            if receipt.accepted:
                self.facts[kind].append(each)

    def pass_time(self) -> None:
        self.now += timedelta(hours=self.chance.choice([5, 24, 49]))

    def work(self) -> None:
        self.chance.choice([sweep, catch_up])(at=self.now, today=reporting_day(self.now))

    def call(self) -> Record:
        team = self.chance.choice(TEAMS)
        at = self.now - timedelta(minutes=self.chance.randint(0, 12 * 24 * 60))
        made: Record = {
            "id": self.call_name(team), "team": team, "occurred_at": at.isoformat(), "provider": "acme",
            "model": self.chance.choice(MODELS), "input_tokens": self.chance.randint(0, 3_000_000),
            "output_tokens": self.chance.randint(0, 1_000_000), "final": self.chance.random() < 0.1,
            "status": self.chance.choice(["ok", "ok", "error"]),
            "purpose": self.chance.choice(["attempt", "attempt", "attempt", "judge"]),
        }  # fmt: skip
        if self.chance.random() < 0.75:
            made["task"] = self.task(team)
        if self.chance.random() < 0.5:
            made["task_type"] = self.chance.choice(TYPES)
        if self.chance.random() < 0.2:
            made["environment"] = "staging"
        return made

    def outcome(self) -> Record:
        team = self.chance.choice(TEAMS)
        task = self.task(team)
        made: Record = {"task": task, "outcome": self.chance.choice(["success", "failure"])}
        if self.chance.random() < 0.3:
            made["task_type"] = self.chance.choice(TYPES)
        if self.chance.random() < 0.5:
            made["value_usd"] = self.chance.randint(0, 50)
        return self.versioned("outcome", "task", task, made, team)

    def correction(self) -> Record:
        team = self.chance.choice(TEAMS)
        made: Record = {
            "id": f"k{self.chance.randint(1, 12)}", "worked_on": self.day(), "role": "clerk",
            "minutes": self.chance.choice([0, 7, 30, 61]), "activity": self.chance.choice(["fix", "review", "upkeep"]),
        }  # fmt: skip
        if self.chance.random() < 0.6:
            made["verdict"] = self.chance.choice(["accepted", "amended", "rejected"])
        scope = self.chance.choice(["task", "task", "call", "model", "tier", "team", "none"])
        if scope in ("task", "call"):
            made[scope] = self.task(team) if scope == "task" else self.call_name(team)
        else:
            made |= self.scoped(scope, team)
        return self.versioned("correction", "id", made["id"], made, team)

    def incident(self) -> Record:
        team = self.chance.choice(TEAMS)
        made: Record = {
            "id": f"i{self.chance.randint(1, 8)}", "occurred_on": self.day(), "title": "It", "severity": "high",
            "loss_usd": self.chance.randint(0, 1000), "response_minutes": self.chance.choice([0, 7]), "role": "clerk",
            "status": self.chance.choice(["confirmed", "confirmed", "open", "dismissed"]),
            "invalidates_output": self.chance.random() < 0.7,
        }  # fmt: skip
        scope = self.chance.choice(["task", "task", "call", "model", "tier", "team", "none"])
        if scope in ("task", "call"):
            name = self.task if scope == "task" else self.call_name
            names = {name(self.chance.choice(TEAMS)) for _ in range(3)}
            weights = self.chance.choices([1, 2, 0], k=len(names))
            weights[0] = 3
            made[f"{scope}s"] = [{scope: n, "weight": w} for n, w in zip(sorted(names), weights, strict=True)]
        else:
            made |= self.scoped(scope, team)
        return self.versioned("incident", "id", made["id"], made, team)

    def scoped(self, scope: str, team: str) -> Record:
        return {
            "model": {"model": f"acme/{self.chance.choice(MODELS[:2])}"},
            "tier": {"tier": self.chance.choice(TIERS)},
            "team": {"team": team},
            "none": {},
        }[scope]

    def versioned(self, kind: str, key: str, name: str, made: Record, team: str) -> Record:
        """A new record, or a higher version of one, whose team (part of its identity) stays as it was said first."""
        made = self.owner(made, team)
        known = self.versions.get((kind, name))
        if known is None:
            self.versions[kind, name] = 1, made
            return made
        version, first = known
        made = {field: value for field, value in made.items() if field != "team"}
        if "team" in first:
            made["team"] = first["team"]
        if self.chance.random() < 0.25:
            made = {field: made[field] for field in (key, "team") if field in made} | {"withdrawn": True}
        version += self.chance.randint(1, 2)
        self.versions[kind, name] = version, first
        return {**made, "version": version - self.chance.choice([0, 0, 1]) if version > 2 else version}

    def change(self) -> None:
        day = self.day()
        kind = self.chance.choice(["price", "rate", "tier", "window", "cost", "cost"])
        if kind == "price":
            prices = [{"from": day, "input": self.chance.randint(1, 9), "output": self.chance.randint(1, 9)}]
            self.apply("models", {"provider": "acme", "name": self.chance.choice(MODELS[:2]), "prices": prices})
        elif kind == "tier":
            tier = [{"tier": self.chance.choice(TIERS), "from": day}]
            self.apply("models", {"provider": "acme", "name": self.chance.choice(MODELS[:2]), "tier": tier})
        elif kind == "rate":
            self.apply("labour_rates", {"role": "clerk", "hourly": self.chance.randint(30, 90), "from": day})
        elif kind == "window":
            days = self.chance.randint(1, 9)
            self.apply("task_types", {"name": self.chance.choice(TYPES), "acceptance_days": days})
        else:
            self.apply("fixed_costs", self.fixed_cost())

    def fixed_cost(self) -> Record:
        first = self.now.date() - timedelta(days=self.chance.randint(-3, 12))
        made: Record = {
            "name": f"cost {self.chance.randint(1, 3)}", "from": str(first), "amount": self.chance.randint(1, 999),
            "to": str(first + timedelta(days=self.chance.randint(1, 30))),
            "kind": self.chance.choice(["compute", "prevention"]),
        }  # fmt: skip
        if self.chance.random() < 0.3:
            made["abandoned_on"] = made["from"]
        scope = self.chance.choice(["model", "tier", "team", "team", "none"])
        return {**made, **self.scoped(scope, self.chance.choice(TEAMS))}

    def apply(self, section: str, wanted: Record) -> None:
        wanted = {name: value for name, value in wanted.items() if value is not None}
        self.reference.setdefault("changes", []).append({section: [wanted]})
        have_reference(yaml.safe_dump({section: [wanted]}), at=self.now)

    def everything(self) -> dict[str, Any]:
        """All reports, in every dimension."""
        words = {"from_": "2026-09", "to": "2026-12"}
        reports = [{"by": by} for by in ("tier,month", "model", "team,task_type", "route", "month,team")]
        reports += [
            {"by": "tier", "lens": "route"},
            {"by": "tier", "team": "Claims"},
            {"by": "month", "basis": "reported"},
        ]
        return {str(asked): report(self.now, **words, **asked) for asked in reports}


@pytest.fixture(autouse=True)
def in_kolkata() -> Iterator[None]:
    with override_settings(REPORTING_TIME_ZONE="Asia/Kolkata"):
        yield


def afresh(world: World) -> dict[str, Any]:
    """What a new installation says of the same facts, each kind in one batch."""
    base = {name: rows for name, rows in world.reference.items() if name != "changes"}
    have_reference(yaml.safe_dump(base), at=world.now)
    for change in world.reference.get("changes", []):
        have_reference(yaml.safe_dump(change), at=world.now)
    for kind in KINDS:
        if records := world.facts[kind]:
            receipt = record(kind, *records, at=world.now)  # type: ignore[arg-type]
            assert not receipt.rejected, receipt.rejected
    return world.everything()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEED", 0)), int(os.environ.get("SEED", 0)) + SEEDS))
def test_any_order_of_events_gives_what_the_facts_say(seed: int) -> None:
    world = World(seed)
    with transaction.atomic():
        point = transaction.savepoint()
        have_reference(yaml.safe_dump(deepcopy(world.reference)), at=world.now)
        for _ in range(OPERATIONS):
            world.step()
        said = world.everything()
        assert list(faults(reporting_day(world.now))) == []
        assert rebuild(at=world.now, today=reporting_day(world.now)) == []
        assert world.everything() == said
        transaction.savepoint_rollback(point)
    assert afresh(world) == said
