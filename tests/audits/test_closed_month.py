"""A month is closed, and then hit by all that may come late: nothing reported of it moves, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import User
from audits.actions.catch_up import catch_up
from audits.actions.closing import close_month, draft, reopen, sign
from audits.domain.closing import CannotClose
from audits.models import Close, Entry
from audits.queries.closes import close_of, is_closed, open_from
from audits.queries.verify import faults
from spend.actions.reprice import work_off
from spend.domain.periods import Month
from tests.agreement import disagreements
from tests.oracle import ADDITIVE, Facts, report
from tests.product import Product, apply_reference, installed
from tests.scenes.cast import call, correction, facts, incident, model, outcome

pytestmark = pytest.mark.django_db

OCTOBER = Month(2026, 10)
CLOSED_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 15, tzinfo=UTC)
BEFORE = facts(
    call("a1", "10-05", task="t1"), call("a2", "10-06", "dear", "t1"), call("b1", "10-07", task="t2"),
    call("c1", "10-09", "middle", "t3", latency_ms=900), call("d1", "11-02", task="t4"),
    call("s1", "10-11", team="Support"), call("x1", "10-12", "nobody", "t5"),
    outcomes=(outcome("t1"), outcome("t2", "failure"), outcome("t3", task_type="claim")),
    corrections=(correction("k1", "10-08", 7, task="t1", verdict="amended"), correction("k2", "10-09", 5, task="t3")),
    incidents=(incident("i1", "10-20", 100, tasks=[{"task": "t2"}]),),
    fixed_costs=[{"name": "GPU", "from": "2026-10-01", "to": "2026-12-01", "amount": 61, "tier": "mid"}],
)  # fmt: skip
PRICES = [{"from": date(2026, 1, 1), "input": 1, "output": 2}, {"from": date(2026, 10, 6), "input": 4, "output": 2}]
LATE_CALLS = [call("e1", "10-31", "dear", "t2", latency_ms=40), call("e2", "10-30", task="t9")]
LATE_INCIDENT = incident("i2", "10-21", "250000.000000001", tasks=[{"task": "t1"}, {"task": "t3"}])
WITHDRAWN = correction("k1", "10-08", 7, version=2, withdrawn=True)
DIMENSIONS = [{"by": by, "lens": lens} for by in (("tier",), ("model",), ("team",), ("task_type",), ("route",))
              for lens in ("responsible", "route")]  # fmt: skip
MONTHS = {"first": "2026-09", "last": "2026-12"}


def with_late_facts() -> Facts:
    models = [{**model("cheap", "commodity", 1, 2), "prices": PRICES}, *BEFORE.reference["models"][1:]]
    return replace(
        BEFORE,
        calls=[*BEFORE.calls, *LATE_CALLS],
        corrections=[*BEFORE.corrections, WITHDRAWN],
        incidents=[*BEFORE.incidents, LATE_INCIDENT],
        reference={**BEFORE.reference, "models": models},
    )


@contextmanager
def closed_october() -> Iterator[tuple[Product, User]]:
    """An installation whose October was closed with BEFORE in it; it is three hours later."""
    with installed(BEFORE) as product:
        product.send(
            [(kind, list(getattr(BEFORE, kind))) for kind in ("calls", "outcomes", "corrections", "incidents")]
        )
        fiona = User.objects.create_user("fiona")
        close(OCTOBER, fiona)
        with time_machine.travel(LATER, tick=False):
            yield product, fiona


def close(month: Month, by: User, at: datetime = CLOSED_AT) -> Close:
    return sign(draft(month, by=by, at=at, waivers={"priced": "It is so."}), by=by, at=at, reason="It is so.")


def send_late(product: Product) -> None:
    product.send([("calls", LATE_CALLS), ("incidents", [LATE_INCIDENT]), ("corrections", [WITHDRAWN])])
    apply_reference(with_late_facts())
    work_off()
    catch_up(at=LATER, today=LATER.date())


def reported(product: Product) -> list[Any]:
    answers = [product.answer({**query, "basis": "reported"}) for query in DIMENSIONS]
    return [{name: answer[name] for name in ("rows", "total", "coverage")} for answer in answers]


def all_periods(product: Product, basis: str, lens: str) -> dict[str, Decimal]:
    rows = product.answer({**MONTHS, "by": ("month",), "lens": lens, "basis": basis})["rows"]
    return {name: sum((Decimal(row[name] or 0) for row in rows), Decimal(0)) for name in ADDITIVE}


def test_R14_what_was_reported_of_a_closed_month_stays_whatever_comes_later() -> None:
    after = with_late_facts()
    with closed_october() as (product, _):
        was = reported(product)
        for query, answer in zip(DIMENSIONS, was, strict=True):  # what is restated, when nothing has come since
            now = product.answer(query)
            assert answer == {name: now[name] for name in answer}
        send_late(product)
        assert reported(product) == was
        for query in DIMENSIONS:
            found, expected = product.report(query), report(after, **query)
            assert disagreements(found, expected, query["by"], query["lens"]) == []
        for lens in ("responsible", "route"):
            assert all_periods(product, "reported", lens) == all_periods(product, "restated", lens)
        october, november = (
            product.report({"first": month, "last": month, "by": (), "basis": "reported"})["total"]
            for month in ("2026-10", "2026-11")
        )
        assert october["true_cost"] != product.report({})["total"]["true_cost"]
        assert november["external_failure"] == 250_000 * 10**9 + 1  # and of October, by the day it belongs to
        assert list(faults(LATER.date())) == []


def test_R14_entries_for_a_closed_month_are_posted_in_the_first_open_one() -> None:
    with closed_october() as (product, _):
        before = Entry.objects.order_by("-pk")[0].pk
        send_late(product)
        late = Entry.objects.filter(pk__gt=before)
        assert {(entry.service_date.month, entry.posting_month) for entry in late} == {(10, date(2026, 11, 1))}
        assert late.filter(reverses__isnull=False).exists()


def test_R14_what_is_shared_over_the_tiers_of_a_team_uses_the_counts_of_the_close() -> None:
    with closed_october() as (product, _):
        product.send([("calls", [call(f"m{n}", "10-15", "middle", f"m{n}") for n in range(5)])])
        product.send([("corrections", [correction("team", "10-20", 4)])])  # t1 frontier, t2 commodity, t3 mid, t5 none
        product.answer({})
        shares = {entry.tier.name if entry.tier else None: entry.amount_nanos for entry in
                  Entry.objects.filter(rule="scope", source_kind="correction").select_related("tier")}  # fmt: skip
    assert shares == dict.fromkeys(["frontier", "commodity", "mid", None], 10**9)


def test_months_close_in_order_once_they_are_over() -> None:
    with installed(BEFORE) as product:
        product.send([("calls", list(BEFORE.calls))])
        fiona = User.objects.create_user("fiona")
        with pytest.raises(CannotClose, match="not over"):
            draft(OCTOBER.next, by=fiona, at=CLOSED_AT)
        assert (open_from(), is_closed(OCTOBER.first_day)) == (None, False)
        close(OCTOBER, fiona)
        assert (open_from(), is_closed(OCTOBER.first_day)) == (date(2026, 11, 1), True)
        assert (found := close_of(date(2026, 10, 31))) is not None
        assert found.policy_version
        with pytest.raises(CannotClose, match="closed already"):
            draft(OCTOBER, by=fiona, at=CLOSED_AT)
        with pytest.raises(CannotClose, match="2026-11 comes first"):
            draft(Month(2026, 12), by=fiona, at=datetime(2027, 1, 3, tzinfo=UTC))


def test_the_first_close_is_of_all_months_before_too() -> None:
    with installed(BEFORE) as product:
        product.send([("calls", [call("old", "08-03"), call("new", "10-03")])])
        found = close(OCTOBER, User.objects.create_user("fiona"))
        assert (found.first_month, found.month) == (date(2026, 8, 1), date(2026, 10, 1))
        product.send([("calls", [call("older", "07-30")])])  # of before all that was there when it was closed
        periods = product.answer({"first": "2026-07", "last": "2026-11", "by": ("month",), "basis": "reported"})["rows"]
    assert {row["month"]: row["calls"] for row in periods} == {"2026-08": 1, "2026-10": 1, "2026-11": 1}


def test_an_open_period_has_no_rows_of_what_did_not_move() -> None:
    with closed_october() as (product, _):
        rows = product.answer({"first": "2026-11", "last": "2026-11", "by": ("model",), "basis": "reported"})["rows"]
    assert {row["model"] for row in rows} == {"acme/cheap", None}  # t4, and November's share of the GPU


def test_a_month_opened_again_takes_what_came_late_and_closes_anew() -> None:
    with closed_october() as (product, fiona):
        send_late(product)
        [first] = Close.objects.all()
        with pytest.raises(CannotClose, match="why"):
            reopen(first, by=fiona, at=LATER, reason=" ")
        reopen(first, by=fiona, at=LATER, reason="The incident belongs to it.")
        for query in DIMENSIONS:
            now = product.answer(query)
            assert product.answer({**query, "basis": "reported"})["rows"] == now["rows"]
        second = close(OCTOBER, fiona, LATER)
        assert second.digest != first.digest
        assert list(faults(LATER.date())) == []


def test_only_the_last_close_is_opened_again() -> None:
    with closed_october() as (_, fiona):
        [october] = Close.objects.all()
        december = datetime(2026, 12, 3, tzinfo=UTC)
        with time_machine.travel(december, tick=False):
            close(OCTOBER.next, fiona, december)
            with pytest.raises(CannotClose, match="last"):
                reopen(october, by=fiona, at=december, reason="Because")


def test_a_close_keeps_its_report_and_what_it_followed_from() -> None:
    with closed_october() as (product, _):
        [found] = Close.objects.all()
        total = product.report({"basis": "reported"})["total"]
        assert found.snapshot
        assert found.inputs
        for lens in ("responsible", "route"):
            assert set(found.snapshot[lens]) == {"tier", "team", "model", "task_type"}
            assert found.snapshot[lens]["tier"]["total"]["true_cost"] == total["true_cost"]
        assert {"prices", "labour_rates", "policy_version", "calls", "entries", "snapshot"} <= set(found.inputs)
        assert len(found.digest) == 64


def test_what_the_checklist_says_no_to_is_not_closed_in_one_go() -> None:
    with installed(BEFORE) as product:
        product.send([("calls", list(BEFORE.calls))])  # one in seven without a price
        with pytest.raises(CannotClose, match="priced"):
            close_month(OCTOBER, by=User.objects.create_user("fiona"), at=CLOSED_AT, reason="All the same")
        assert not Close.objects.exists()
