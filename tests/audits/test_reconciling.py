"""Computed against billed from real rows, and the token bill of reports as billed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import InternalError, OperationalError, ProgrammingError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Team, User
from audits.actions.closing import close_month
from audits.actions.reconciling import NothingBilled, compare, decide, set_tolerance
from audits.actions.reports import answer as ask
from audits.domain.bridge import Measures
from audits.exports.wording import as_billed
from audits.models import ReconciliationDecision
from audits.queries.asking import parse_query
from audits.queries.bridge import bridge_of
from audits.queries.reconciling import decided_on
from spend.actions.bills import draft, import_bill, withdraw_bill
from spend.domain.money import split, to_nanos, to_text
from spend.domain.periods import Period
from spend.domain.reconciling.causes import Causes
from spend.domain.reconciling.months import Tolerance
from spend.models import Bill, BillLine
from spend.store import REFERENCE_LOCK, waiting_at_most
from tests.build import have_reference, record, report
from tests.cast import NOON
from tests.invoices import INVOICE, OCTOBER, REFERENCE, bill, call, have_october

LATER = NOON + timedelta(hours=1)

DOLLAR = 10**9


@pytest.fixture
def october(db: None) -> None:
    have_october()


@pytest.fixture
def claims_id(october: None) -> int:
    return Team.objects.get(name="Claims").pk


def openai(**options: Any) -> Any:
    [found] = compare(Period(OCTOBER, OCTOBER), at=NOON, provider="openai")
    return found


def decided(choice: Any, fiona: User, provider: str = "openai") -> None:
    decide(provider=provider, month=OCTOBER, choice=choice, reason="Batch keys are not logged", by=fiona, at=NOON)


def test_a_month_is_compared_by_provider_and_explained(october: None) -> None:
    bill(*INVOICE)
    found = openai().found
    assert (found.computed, found.billed) == (11 * DOLLAR, 16_600_000_000)
    assert found.causes == Causes(missing_calls=600_000_000, fees=5 * DOLLAR)
    assert found.capture_rate == pytest.approx(11 / 11.6)
    assert found.reconciled, "60 cents are less than a dollar"
    by_model = {model: [(cell.kind, causes.total) for cell, causes in lines] for model, lines in found.models.items()}
    assert by_model == {
        "astra": [("cache_read", 0), ("input", 0), ("output", 600_000_000)],
        "mini": [("input", 0)],
    }


def test_a_provider_without_a_bill_is_there_with_nothing_billed(october: None) -> None:
    bill(*INVOICE)
    found = {each.found.provider: each.found for each in compare(Period(OCTOBER, OCTOBER), at=NOON)}
    assert (found["acme"].computed, found["acme"].billed, found["acme"].reconciled) == (3 * DOLLAR, None, False)


def test_a_tolerance_is_of_a_provider(october: None) -> None:
    bill(*INVOICE)
    set_tolerance(provider="acme", tolerance=Tolerance(absolute=DOLLAR))
    assert openai().found.tolerance == Tolerance()
    set_tolerance(provider="openai", tolerance=Tolerance(absolute=100_000_000))
    assert not openai().found.reconciled
    set_tolerance(provider="openai", tolerance=Tolerance(absolute=DOLLAR))
    assert openai().found.reconciled


def test_a_superseded_bill_counts_no_more(october: None) -> None:
    bill(*INVOICE).lines.all()
    Bill.objects.update(superseded_at=NOON)
    bill(*INVOICE[:4])
    assert openai().found.causes == Causes(missing_calls=600_000_000)


def test_two_bills_of_the_use_of_a_day_are_pointed_out(october: None) -> None:
    bill(*INVOICE)
    bill((31, "", "tax", None, "1.00"))
    assert not openai().overlaps
    bill((5, "", "", None, "9.00"))
    assert openai().overlaps


def test_calls_without_a_price_are_counted(october: None) -> None:
    bill(*INVOICE)
    record("call", call("u", "nobody-knows", 8, input_tokens=5), at=NOON)
    assert openai().unpriced_calls == 1


def test_decisions_are_kept_and_the_latest_counts(october: None, fiona: User) -> None:
    bill(*INVOICE)
    decided("leave", fiona)
    decided("allocate", fiona)
    assert [each.choice for each in decided_on("openai", OCTOBER)] == ["allocate", "leave"]
    assert openai().found.decision.choice == "allocate"
    assert openai().found.reconciled


def test_nothing_is_decided_without_an_amount(october: None, fiona: User) -> None:
    with pytest.raises(NothingBilled):
        decided("accept", fiona)
    bill((5, "astra", "input", 3_000_000, None))
    with pytest.raises(NothingBilled):
        decided("accept", fiona)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_bills_and_decisions_wait_for_who_closes_a_month(fiona: User) -> None:
    """A close reads them for its snapshot and again to freeze them: both must be the same."""
    content = b"day,amount,provider\n2026-10-05,1,openai\n"
    known = bill((5, "", "", None, "4.00"))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as closing:
        closing.execute("SELECT pg_advisory_xact_lock(%s, 0)", [REFERENCE_LOCK])
        for write in (
            lambda: import_bill(draft(content), content, by=fiona, at=NOON),
            lambda: withdraw_bill(known, reason="Of another account", at=NOON),
            lambda: decided("accept", fiona),
        ):
            with waiting_at_most(1, 5), pytest.raises(OperationalError, match="lock timeout"):
                write()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audits_reconciliationdecision SET choice = 'accept'", "DELETE FROM audits_reconciliationdecision",
     "TRUNCATE audits_reconciliationdecision"],
)  # fmt: skip
def test_a_decision_is_never_rewritten(october: None, fiona: User, statement: str) -> None:
    bill(*INVOICE)
    decided("leave", fiona)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ReconciliationDecision.objects.get().choice == "leave"


# -- reports -------------------------------------------------------------------------------------------------------


def bills_by(dimension: str, **words: str) -> dict[str | None, tuple[str | None, str]]:
    rows = report(NOON, from_="2026-10", to="2026-10", by=dimension, **words)["rows"]
    return {row[dimension]: (row["token_bill"], row["bill_difference"]) for row in rows}


def test_a_report_is_as_computed_unless_asked_otherwise(october: None, fiona: User) -> None:
    before = report(NOON, from_="2026-10", by="tier")
    bill(*INVOICE)
    decided("allocate", fiona)
    assert report(NOON, from_="2026-10", by="tier") == before
    assert report(NOON, from_="2026-10", by="tier", bill="computed") == before


@pytest.mark.parametrize("choice", [None, "accept"])
def test_undecided_and_accepted_months_stay_as_computed(october: None, fiona: User, choice: str | None) -> None:
    bill(*INVOICE)
    if choice:
        decided(choice, fiona)
    total = report(NOON, from_="2026-10", bill="billed")["total"]
    assert (total["token_bill"], total["bill_difference"]) == ("14.00", "0.00")


def test_a_report_as_billed_says_what_stays_as_computed(october: None, fiona: User) -> None:
    bill(*INVOICE)
    bill((7, "nova", "input", 3_000_000, "2.50"), provider="acme")
    decided("accept", fiona)
    answer = report(NOON, from_="2026-10", bill="billed")
    assert answer["bills"] == [
        {"provider": "acme", "month": "2026-10", "difference": "-0.50", "decision": None},
        {"provider": "openai", "month": "2026-10", "difference": "5.60", "decision": "accept"},
    ]
    found = ask(parse_query({"from": ["2026-10"], "bill": ["billed"]}, teams=None, latest=OCTOBER), at=NOON)
    assert as_billed(found) == [
        "acme, 2026-10 stays as computed: $0.5000 less was billed, nothing is decided yet.",
        "openai, 2026-10 stays as computed: $5.60 more was billed, accepted.",
    ]


def test_a_team_sees_its_part_of_a_bill_and_no_bill(october: None, fiona: User, claims_id: int) -> None:
    bill(*INVOICE)
    decided("allocate", fiona)
    query = parse_query({"from": ["2026-10"], "bill": ["billed"]}, teams=frozenset({claims_id}), latest=OCTOBER)
    found = ask(query, at=NOON)
    assert (found.total.bill_difference, found.bills) == (3_563_636_364, [])


def test_what_is_allocated_is_spread_over_teams_and_tiers_by_what_they_cost(october: None, fiona: User) -> None:
    """$5.60 over $11.00: Claims has 7 of them, Support 4; frontier 10, commodity 1 beside the $3.00 of acme."""
    bill(*INVOICE)
    decided("allocate", fiona)
    assert bills_by("tier", bill="billed") == {
        "frontier": ("15.090909091", "5.090909091"),
        "commodity": ("4.509090909", "0.509090909"),
    }
    assert bills_by("team", bill="billed") == {
        "Claims": ("13.563636364", "3.563636364"),
        "Support": ("6.036363636", "2.036363636"),
    }
    only = report(NOON, from_="2026-10", bill="billed", model="openai/mini")["total"]
    assert only["bill_difference"] == "0.509090909"


def test_what_is_left_stands_in_a_row_of_nobody(october: None, fiona: User) -> None:
    bill(*INVOICE)
    decided("leave", fiona)
    assert bills_by("team", bill="billed") == {
        "Claims": ("10.00", "0.00"),
        "Support": ("4.00", "0.00"),
        None: ("5.60", "5.60"),
    }
    assert report(NOON, from_="2026-10", bill="billed")["total"]["token_bill"] == "19.60"


def test_less_billed_than_computed_is_spread_too(october: None, fiona: User) -> None:
    bill((5, "", "", None, "4.00"))
    decided("allocate", fiona)
    total = report(NOON, from_="2026-10", bill="billed")["total"]
    assert (total["token_bill"], total["bill_difference"]) == ("7.00", "-7.00")


def test_what_was_billed_and_nowhere_logged_is_allocated_to_nobody(october: None, fiona: User) -> None:
    bill((5, "opal", "input", 1000, "4.00"), provider="gemstone")
    decided("allocate", fiona, "gemstone")
    assert bills_by("tier", bill="billed")[None] == ("4.00", "4.00")


def test_the_part_of_a_month_that_no_bill_is_of_stays_as_computed(october: None, fiona: User) -> None:
    bill(*INVOICE[:3], end_day=date(2026, 10, 7))
    decided("allocate", fiona)
    found = openai().found
    assert (found.computed, found.computed_elsewhere, found.billed) == (10 * DOLLAR, DOLLAR, 10_600_000_000)
    total = report(NOON, from_="2026-10", bill="billed", team="Support")["total"]
    assert report(NOON, from_="2026-10", bill="billed")["total"]["token_bill"] == "14.60"
    assert total["bill_difference"] == "0.218181818"


def test_days_are_of_bills_that_state_an_amount_in_the_month(october: None, fiona: User) -> None:
    """One of September to November that says nothing of October leaves the sixth out, as the other bill does."""
    longer = {"first_day": date(2026, 9, 1), "end_day": date(2026, 12, 1)}
    september = bill((5, "", "", None, "90.00"), **longer).lines.get()
    BillLine.objects.filter(pk=september.pk).update(day=date(2026, 9, 5))
    bill((5, "", "", None, "7.00"), first_day=date(2026, 10, 5), end_day=date(2026, 10, 6))
    decided("allocate", fiona)
    assert openai().found.variance == DOLLAR
    assert report(NOON, from_="2026-10", bill="billed")["total"]["bill_difference"] == "1.00"


def test_the_billed_part_is_in_the_true_cost_and_shifts_its_interval(october: None, fiona: User) -> None:
    record("outcome", *({"task": name, "outcome": "success", "team": "Claims"} for name in "ad"), at=NOON)
    bill(*INVOICE)
    decided("allocate", fiona)
    plain, billed = (report(NOON, from_="2026-10", bill=way)["total"] for way in ("computed", "billed"))
    moved = Decimal(billed["true_cost"]) - Decimal(plain["true_cost"])
    assert moved == Decimal(billed["bill_difference"]) == Decimal("5.60")
    assert billed["multiplier"] == 1.0
    assert Decimal(billed["cash"]) - Decimal(plain["cash"]) == moved


def test_a_closed_month_stays_as_it_was_billed_whatever_is_billed_and_decided_later(october: None, fiona: User) -> None:
    bill(*INVOICE)
    decided("allocate", fiona)
    close_month(OCTOBER, by=fiona, at=NOON, reason="Acme sends no bills.", basis="billed")
    closed, dimensions = billed_of("2026-10", "reported"), ("team", "tier", "model", "month")
    rows = {by: report(NOON, from_="2026-10", by=by, basis="reported", bill="billed")["rows"] for by in dimensions}
    bill((9, "", "fee", None, "30.00"))
    bill((7, "nova", "input", 3_000_000, "2.50"), provider="acme")
    decided("leave", fiona)
    decided("allocate", fiona, "acme")
    assert closed == billed_of("2026-10", "reported") == Decimal("19.60")
    assert rows == {
        by: report(NOON, from_="2026-10", by=by, basis="reported", bill="billed")["rows"] for by in dimensions
    }
    assert billed_of("2026-10", "restated") == Decimal("49.10")  # 16.60 + 30.00 of OpenAI, 2.50 of acme
    assert billed_of("2026-11", "reported") == Decimal("29.50")
    assert billed_of("2026-10", "reported", bill="computed") == Decimal("14.00")
    assert billed_of("2026-11", "reported", bill="computed") == 0


def test_the_bridge_of_a_month_closed_as_billed_names_the_bill_that_changed(october: None, fiona: User) -> None:
    """16.60 of OpenAI and 3.00 of acme reported; then a fee of 30.00, which is left where it is."""
    bill(*INVOICE)
    decided("allocate", fiona)
    closed = close_month(OCTOBER, by=fiona, at=NOON, reason="Acme sends no bills.", basis="billed")
    assert bridge_of(closed, OCTOBER).lines == ()
    bill((9, "", "fee", None, "30.00"), imported_at=LATER)
    decide(provider="openai", month=OCTOBER, choice="leave", reason="A fee for all", by=fiona, at=LATER)
    found = bridge_of(closed, OCTOBER, reader=fiona.pk)
    [line] = found.lines
    [part] = line.parts
    assert (line.kind, line.moved.token_bill, line.count, line.by) == ("bill_changed", 30 * DOLLAR, 2, ("fiona",))
    assert (part.name, part.why) == ("openai", "A fee for all")
    assert (found.reported.token_bill, found.restated.token_bill) == (19_600_000_000, 49_600_000_000)
    assert found.difference == line.moved
    assert billed_of("2026-11", "reported") == Decimal("30.00")
    call_command("verify")


def test_a_late_call_of_an_allocated_month_moves_the_rest_of_the_bill_the_other_way(october: None, fiona: User) -> None:
    bill(*INVOICE)
    decided("allocate", fiona)
    closed = close_month(OCTOBER, by=fiona, at=NOON, reason="Acme sends no bills.", basis="billed")
    record("call", call("late", "astra", 5, input_tokens=1_000_000, output_tokens=0), at=LATER)
    report(LATER, from_="2026-10")
    found = bridge_of(closed, OCTOBER)
    moved = {line.kind: line.moved.token_bill for line in found.lines}
    assert moved["bill_followed"] == -moved["late_calls"] != 0
    assert found.difference == sum((line.moved for line in found.lines), Measures())
    assert not found.unexplained
    assert billed_of("2026-10", "restated") == Decimal("19.60")


def test_the_only_bill_of_a_closed_month_may_be_withdrawn(october: None, fiona: User) -> None:
    withdrawn = bill(*INVOICE)
    decided("allocate", fiona)
    close_month(OCTOBER, by=fiona, at=NOON, reason="Acme sends no bills.", basis="billed")
    withdraw_bill(withdrawn, reason="Of another account", at=NOON)
    assert (billed_of("2026-10", "reported"), billed_of("2026-11", "reported")) == (Decimal("19.60"), Decimal("-5.60"))
    call_command("verify")


def billed_of(month: str, basis: str, bill: str = "billed") -> Decimal:
    return Decimal(report(NOON, from_=month, basis=basis, bill=bill)["total"]["token_bill"])


cents = st.integers(0, 10**13)
PLACES = [(team, model, day) for team in ("Claims", "Support") for model in ("astra", "mini") for day in (5, 6)]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(PLACES), cents, max_size=8), cents, st.sampled_from(["allocate", "leave"]))
def test_billed_totals_tie_to_the_invoice_to_the_nano_dollar(
    fiona: User, costs: dict[tuple[str, str, int], int], invoice: int, choice: str
) -> None:
    """By every dimension; and the database splits as `spend.domain.money.split` does, but for ties."""
    with transaction.atomic():
        have_reference(REFERENCE, at=NOON)
        calls = [
            call(f"{team}{model}{day}", model, day, team=team, input_tokens=1, cost_usd=to_text(cost))
            for (team, model, day), cost in costs.items()
        ]
        record("call", *calls, at=NOON)
        bill((5, "", "", None, to_text(invoice)))
        decided(choice, fiona)
        for dimension in ("team", "tier", "model", "task_type", "route", "month"):
            answer = report(NOON, from_="2026-10", by=dimension, bill="billed")
            rows = [to_nanos(Decimal(row["token_bill"])) for row in answer["rows"]]
            assert sum(rows) == to_nanos(Decimal(answer["total"]["token_bill"])) == invoice
        if choice == "allocate" and sum(costs.values()):
            weights = _column("SELECT sum(cost) FROM audits_monthlycalls GROUP BY team_id, llm_id HAVING sum(cost) > 0")
            parts = _column("SELECT abs(amount) FROM audits_monthlybills WHERE amount <> 0")
            assert sorted(parts) == sorted(part for part in split(abs(invoice - sum(weights)), weights) if part)
        transaction.set_rollback(True)


def _column(query: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [int(value) for (value,) in cursor.fetchall()]
