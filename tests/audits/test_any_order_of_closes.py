"""Months are closed, and opened again, amid late facts of every kind: what was reported stays, and nothing is lost.

What was reported of a closed month is the same to the nano-dollar and the count whatever comes later; restated is what
the facts alone make, as though nothing had been closed; and all posting periods together report what is restated.
"""

from __future__ import annotations

import os
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from django.db import transaction

from accounts.models import User
from audits.actions.closing import Accrual, close_month, reopen
from audits.actions.rebuild import rebuild
from audits.models import Close
from audits.queries.verify import faults
from spend.domain.periods import Month
from spend.queries.zone import reporting_day
from tests.audits.test_any_order import World, afresh, in_kolkata
from tests.build import have_reference, report

__all__ = ["in_kolkata"]
OPERATIONS = 50
SEEDS = int(os.environ.get("SEEDS", "1"))
FIRST, LAST = "2026-08", "2027-12"
DIMENSIONS = ("tier", "model", "team", "task_type", "route")


class ClosingWorld(World):
    """The same, in which weeks pass, and months are closed and now and then opened again."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.signer = User(username="fiona")
        self.reported: dict[Month, Any] = {}  # as it was when the month was closed

    def step(self) -> None:
        chosen = self.chance.random()
        if chosen < 0.12:
            self.close()
        elif chosen < 0.15 and self.reported:
            self.reopen()
        elif chosen < 0.25:
            self.now += timedelta(days=self.chance.randint(5, 25))
        else:
            super().step()

    def day(self) -> str:
        return str((self.now - timedelta(days=self.chance.randint(0, 50))).date())

    def call(self) -> dict[str, Any]:
        made = super().call()
        return made | {"occurred_at": (self.now - timedelta(hours=self.chance.randint(0, 50 * 24))).isoformat()}

    def scoped(self, scope: str, team: str) -> dict[str, Any]:
        """Nothing is split over the tiers of a team: of a closed month that follows its counts then, not the facts."""
        return super().scoped("tier" if scope in ("team", "none") else scope, team)

    def close(self) -> None:
        last = Month.of(reporting_day(self.now)).previous
        month = max(self.reported).next if self.reported else last
        if month <= last:
            close_month(
                month, by=self.signer, at=self.now, reason="It is so.", waivers={"priced": "So.", "repricing": "So."},
                accrual=self.chance.choice([None, Accrual(12_345_678_901, "It is so.")]),
            )  # fmt: skip
            self.reported[month] = self.of(month)
            self.now += timedelta(seconds=1)

    def reopen(self) -> None:
        month = max(self.reported)
        reopen(
            Close.objects.get(state=Close.CLOSED, month=month.first_day),
            by=self.signer,
            at=self.now,
            reason="Forgot a bill.",
        )
        del self.reported[month]

    def everything(self) -> dict[str, Any]:
        """What is restated, in every dimension."""
        asked: list[dict[str, str]] = [{"by": by} for by in ("tier,month", "model", "team,task_type", "route")]
        asked += [{"by": "month,team", "lens": "route"}, {"by": "tier", "team": "Claims"}]
        return {str(each): figures(report(self.now, from_=FIRST, to=LAST, **each)) for each in asked}

    def of(self, month: Month) -> Any:
        words = {"from_": str(month), "to": str(month), "basis": "reported"}
        asked = [{"by": by, "lens": lens} for by in DIMENSIONS for lens in ("responsible", "route")]
        return [figures(report(self.now, **words, **each)) for each in asked]


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("rows", "total", "coverage")}


SOME: tuple[dict[str, str], ...] = ({}, {"team": "Claims"}, {"tier": "mid"}, {"model": "acme/big"})
ADDITIVE = (
    "tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged", "attempts",
    "escalated", "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens",
    "fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure", "true_cost", "cash", "labour",
    "allocated", "wasted_tokens", "pending_cost", "token_bill",
)  # fmt: skip


def added_up(world: World, basis: str, lens: str, asked: dict[str, str]) -> dict[str, Decimal]:
    """The additive columns of all periods together."""
    rows = report(world.now, from_=FIRST, to=LAST, by="month", basis=basis, lens=lens, **asked)["rows"]
    return {name: sum((Decimal(row[name] or 0) for row in rows), Decimal(0)) for name in ADDITIVE}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEED", 0)), int(os.environ.get("SEED", 0)) + SEEDS))
def test_any_order_of_facts_and_closes(seed: int) -> None:
    world = ClosingWorld(seed)
    with transaction.atomic():
        point = transaction.savepoint()
        have_reference(yaml.safe_dump(deepcopy(world.reference)), at=world.now)
        for _ in range(OPERATIONS):
            world.step()
        assert world.reported == {month: world.of(month) for month in world.reported}
        for lens in ("responsible", "route"):
            for asked in SOME:
                assert added_up(world, "reported", lens, asked) == added_up(world, "restated", lens, asked)
        said = world.everything()
        assert list(faults(reporting_day(world.now))) == []
        assert rebuild(at=world.now, today=reporting_day(world.now)) == []
        assert world.everything() == said
        assert world.reported == {month: world.of(month) for month in world.reported}
        transaction.savepoint_rollback(point)
    assert afresh(world) == said
