"""The FOCUS export: its rows are the reported token bill to the nano-dollar, closed months stay, corrections follow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Team, User
from audits.actions.catch_up import catch_up
from audits.actions.closing import draft, reopen, sign
from audits.actions.reports import answer
from audits.domain.focus.checking import check
from audits.exports.focus.files import as_csv
from audits.exports.focus.rows import COLUMNS, QUALITY_COLUMNS
from audits.models import Close, ClosedCharges
from audits.queries.asking import parse_query
from audits.queries.asking_focus import parse_focus
from audits.queries.verify import faults
from spend.actions.reprice import work_off
from spend.domain.money import to_nanos, to_text
from spend.domain.periods import Month
from tests.oracle import Facts
from tests.product import Product, apply_reference, installed
from tests.scenes.cast import MILLION, call, correction, facts, incident, model, outcome
from tests.simulated import LOADED_AT

pytestmark = pytest.mark.django_db

CLOSED_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 15, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
CHEAP = model("cheap", "commodity", 1, 2)
BEFORE = facts(
    call("a1", "10-05", task="t1", output_tokens=100), call("a2", "10-05", task="t1"),
    call("b1", "10-05", "dear", "t2"), call("c1", "10-09", "dear", "t3", cost_usd="3.21"),
    call("n1", "10-09", "nobody", "t4"), call("s1", "10-11", team="Support"), call("d1", "11-02", task="t5"),
    outcomes=(outcome("t1"), outcome("t2", "failure")),
    corrections=(correction("k1", "10-08", 7, task="t1", activity="review"), correction("k2", "10-09", 5, task="t3")),
    incidents=(incident("i1", "10-20", 100, tasks=[{"task": "t2"}]),),
    fixed_costs=[
        {"name": "GPU", "from": "2026-10-01", "to": "2026-12-01", "amount": 61, "tier": "mid"},
        {"name": "Build", "from": "2026-10-01", "to": "2026-12-01", "hours": 6.1, "role": "adjuster", "tier": "mid"},
        {"name": "Prompts", "from": "2026-10-01", "to": "2026-11-01", "hours": 2, "role": "adjuster",
         "kind": "prevention", "tier": "mid"},
    ],
)  # fmt: skip
LATE = [call("e1", "10-05", "dear", "t2"), call("e2", "10-30", task="t9")]
REPRICED = [{"from": date(2026, 1, 1), "input": 1, "output": 2}, {"from": date(2026, 10, 11), "input": 4, "output": 2}]
TWO_MONTHS = {"from": ["2026-09"], "to": ["2026-10"]}
Row = dict[str, str]


def exported(teams: frozenset[int] | None = None, **words: str) -> list[Row]:
    """The rows of an export, which keeps all the rules."""
    asked = parse_focus({name: [value] for name, value in words.items()}, latest=OCTOBER)
    text = b"".join(as_csv(asked, teams=teams)).decode()
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    assert [str(each) for each in check(COLUMNS, rows).problems] == []
    return rows


def billed(rows: list[Row], *categories: str) -> Decimal:
    wanted = [row for row in rows if not categories or row["ChargeCategory"] in categories]
    return sum((Decimal(row["BilledCost"]) for row in wanted), Decimal(0))


def money(rows: list[Row], column: str) -> str:
    """The sum of a column of one's own, as a report says money."""
    return as_said(sum((Decimal(row[column] or 0) for row in rows), Decimal(0)))


def as_said(dollars: Decimal) -> str:
    return to_text(to_nanos(dollars))


def reported(product: Product, month: Month, **query: Any) -> Any:
    asked = {"first": str(month), "last": str(month), "by": ("tier",), "basis": "reported", **query}
    return product.answer(asked)["total"]


@contextmanager
def october(sent: Facts = BEFORE) -> Iterator[Product]:
    with installed(sent) as product:
        product.send([(kind, list(getattr(sent, kind))) for kind in ("calls", "outcomes", "corrections", "incidents")])
        catch_up(at=CLOSED_AT, today=CLOSED_AT.date())
        yield product


@contextmanager
def closed_october() -> Iterator[tuple[Product, User]]:
    with october() as product:
        fiona = User.objects.create_user("fiona")
        close(OCTOBER, fiona)
        with time_machine.travel(LATER, tick=False):
            yield product, fiona


def close(month: Month, by: User, at: datetime = CLOSED_AT) -> Close:
    return sign(draft(month, by=by, at=at, waivers={"priced": "It is so."}), by=by, at=at, reason="It is so.")


def send_late(product: Product) -> None:
    """Late calls, another price from 11 October on, a late incident, a correction withdrawn."""
    product.send([
        ("calls", LATE), ("incidents", [incident("i2", "10-21", "250000.000000001", tasks=[{"task": "t1"}])]),
        ("corrections", [correction("k1", "10-08", 7, version=2, withdrawn=True)]),
    ])  # fmt: skip
    models = [{**CHEAP, "prices": REPRICED}, *BEFORE.reference["models"][1:]]
    apply_reference(Facts(**{**vars(BEFORE), "reference": {**BEFORE.reference, "models": models}}))
    work_off()
    catch_up(at=LATER, today=LATER.date())


def test_a_row_is_a_days_tokens_of_a_kind_at_their_price() -> None:
    with october():
        rows = [
            row
            for row in exported(month="2026-10")
            if (row["x_Model"], row["x_Day"], row["ChargeCategory"]) == ("acme/cheap", "2026-10-05", "Usage")
        ]
    assert [(row["SkuMeter"], row["ConsumedQuantity"], row["BilledCost"]) for row in rows] == [
        ("Input tokens", str(2 * MILLION), "2"), ("Output tokens", "100", "0.0002"),
    ]  # fmt: skip
    said = {name: value for name, value in rows[1].items() if value}
    assert said == {
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), "0.0002"),
        **dict.fromkeys(("ListUnitPrice", "ContractedUnitPrice"), "2"),
        **dict.fromkeys(("BillingAccountId", "BillingAccountName", "InvoiceIssuerName"), "acme"),
        **dict.fromkeys(("ProviderName", "PublisherName"), "acme"), "ServiceName": "acme models",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2026-10-01T00:00:00Z", "BillingPeriodEnd": "2026-11-01T00:00:00Z",
        "ChargePeriodStart": "2026-10-05T00:00:00Z", "ChargePeriodEnd": "2026-10-06T00:00:00Z",
        "ChargeCategory": "Usage", "ChargeFrequency": "Usage-Based", "ChargeDescription": "cheap, output tokens",
        "ConsumedQuantity": "100", "ConsumedUnit": "Tokens",
        "PricingCategory": "Standard", "PricingQuantity": "0.0001", "PricingUnit": "1000000 Tokens",
        "ResourceId": "acme/cheap", "ResourceName": "cheap", "ResourceType": "Model",
        "ServiceCategory": "AI and Machine Learning", "ServiceSubcategory": "Generative AI",
        "SkuId": "acme/cheap/output", "SkuPriceId": "acme/cheap/output", "SkuMeter": "Output tokens",
        "SubAccountId": said["SubAccountId"], "SubAccountName": "Claims", "SubAccountType": "Team",
        "Tags": '{"truecost/team": "Claims", "truecost/tier": "commodity"}',
        "x_Day": "2026-10-05", "x_Model": "acme/cheap", "x_ModelTier": "commodity", "x_TokenKind": "output",
        "x_PricedBy": said["x_PricedBy"], "x_UnpricedCalls": "0",
    }  # fmt: skip


def test_the_rows_of_a_month_are_its_report_to_the_nano() -> None:
    with october() as product:
        rows, total = exported(month="2026-10"), reported(product, OCTOBER)
    assert as_said(billed(rows, "Usage")) == total["token_bill"]
    labour = Decimal(money(rows, "x_FixedLabourCost"))  # people's hours, compute all the same, are in no bill
    assert (labour, total["prevention"]) == (Decimal(186), "120.00")
    assert as_said(billed(rows, "Purchase") + labour) == total["fixed_compute"]
    for category, column in QUALITY_COLUMNS.items():
        assert column == "x_FixedLabourCost" or money(rows, column) == total[category], category
    assert {row["BilledCost"] for row in rows if row["ChargeCategory"] == "Adjustment"} == {
        "0"
    }  # people are in no bill


def test_what_no_price_accounts_for_has_the_average_as_its_unit_price_and_unpriced_calls_are_counted() -> None:
    with october():
        rows = {
            row["x_PricedBy"]: row
            for row in exported(month="2026-10")
            if row["x_Day"] == "2026-10-09" and row["x_PricedBy"]
        }
    assert (rows["average"]["BilledCost"], rows["average"]["ContractedUnitPrice"]) == ("3.21", "3.21")
    assert (rows["unpriced"]["BilledCost"], rows["unpriced"]["x_UnpricedCalls"]) == ("0", "1")


def test_days_and_months_are_those_of_the_reporting_zone() -> None:
    sent = facts(call("a", "10-25", task="t"), zone="Europe/Berlin")
    with october(sent):
        [row] = exported(month="2026-10")
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == ("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z")
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")
    assert row["x_Day"] == "2026-10-25"  # a day of 25 hours


def test_a_closed_months_file_stays_and_what_comes_late_is_a_correction_in_the_next() -> None:
    with closed_october() as (product, _):
        was = exported(month="2026-10")
        send_late(product)
        assert exported(month="2026-10") == was
        after = exported(month="2026-11")
        late = [row for row in after if row["ChargeClass"]]
        for month, rows in ((OCTOBER, was), (NOVEMBER, after)):
            total = reported(product, month)
            assert as_said(billed(rows, "Usage")) == total["token_bill"]
            labour = Decimal(money(rows, "x_FixedLabourCost"))
            assert as_said(billed(rows, "Purchase") + labour) == total["fixed_compute"]
            assert money(rows, "x_ExternalFailureCost") == total["external_failure"]
        restated = product.answer({"first": "2026-10", "last": "2026-11", "by": ("tier",)})["total"]
        assert as_said(billed(was + after, "Usage")) == restated["token_bill"]
        assert list(faults(LATER.date())) == []
    found = {
        (row["x_Day"], row["ChargeDescription"], row["ConsumedQuantity"], row["BilledCost"])
        for row in late
        if row["SkuMeter"]
    }
    assert found == {
        ("2026-10-05", "Correction: dear, input tokens", str(MILLION), "10"),
        ("2026-10-11", "Correction: cheap, input tokens", "0", "3"),  # another price
        ("2026-10-30", "Correction: cheap, input tokens", str(MILLION), "4"),
    }
    assert {(row["x_AppraisalCost"], row["x_ExternalFailureCost"]) for row in late if not row["SkuMeter"]} == {
        ("-7", ""), ("", "250000.000000001"),
    }  # fmt: skip


def test_corrections_of_a_month_that_closes_are_frozen_with_it() -> None:
    with closed_october() as (product, fiona), time_machine.travel(DECEMBER, tick=False):
        send_late(product)
        catch_up(at=DECEMBER, today=DECEMBER.date())
        before = exported(month="2026-11")
        close(NOVEMBER, fiona, DECEMBER)
        assert exported(month="2026-11") == before
        assert not [row for row in exported(month="2026-12") if row["ChargeClass"]]
        product.send([("calls", [call("e3", "10-05", "dear", "t2")])])
        catch_up(at=DECEMBER, today=DECEMBER.date())
        [late] = [row for row in exported(month="2026-12") if row["ChargeClass"]]
        whole = exported(**{"from": "2026-10", "to": "2026-12"})
        restated = product.answer({"first": "2026-10", "last": "2026-12", "by": ("tier",)})["total"]
    assert (late["x_Day"], late["BilledCost"], late["BillingPeriodStart"]) == (
        "2026-10-05",
        "10",
        "2026-12-01T00:00:00Z",
    )
    assert as_said(billed(whole, "Usage")) == restated["token_bill"]


def test_a_month_opened_again_is_exported_as_it_is_now() -> None:
    with closed_october() as (product, fiona):
        send_late(product)
        reopen(Close.objects.get(), by=fiona, at=LATER, reason="The calls belong to it.")
        rows = exported(month="2026-10")
        assert not any(row["ChargeClass"] for row in [*rows, *exported(month="2026-11")])
        assert as_said(billed(rows, "Usage")) == reported(product, OCTOBER)["token_bill"]


def test_what_a_close_keeps_for_the_export_is_in_its_digest() -> None:
    with closed_october():
        [found] = Close.objects.all()
        assert ClosedCharges.objects.filter(close=found).count() > 5
        assert len((found.inputs or {})["charges"]) == 64


def test_a_team_sees_its_own_rows_only() -> None:
    with october():
        support = Team.objects.get(name="Support")
        rows = exported(frozenset({support.pk}), month="2026-10")
    assert {row["SubAccountName"] for row in rows} == {"Support"}
    assert billed(rows) == 1


def test_the_door_streams_and_says_what_is_wrong_with_a_question() -> None:
    with october() as product:
        headers = product._headers(None)
        answer = product.client.get("/api/v1/focus.csv", {"month": "2026-10"}, headers=headers)
        assert answer.streaming
        assert answer.headers["Content-Disposition"] == 'attachment; filename="truecost-2026-10-focus.csv"'
        rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))
        assert billed(rows, "Usage") == Decimal(reported(product, OCTOBER)["token_bill"])
        wrong = product.client.get("/api/v1/focus.csv", {"month": "10", "to": "2026-10", "by": "x"}, headers=headers)
        assert (wrong.status_code, sorted(wrong.json())) == (400, ["by", "month"])


@pytest.mark.slow
def test_the_export_of_the_sample_organisation_passes_the_command_that_checks(year: None, tmp_path: Path) -> None:
    file = tmp_path / "focus.csv"
    with time_machine.travel(LOADED_AT, tick=False):
        call_command("export_focus", "--from", "2026-09", "--to", "2026-10", "--output", str(file))
        total = answer(parse_query(TWO_MONTHS, teams=None, latest=OCTOBER), at=LOADED_AT).total
    said = io.StringIO()
    call_command("check_focus", str(file), stdout=said)
    periods = [Decimal(line.rpartition(" ")[2]) for line in said.getvalue().splitlines() if "BilledCost" in line]
    assert len(periods) == 2
    with file.open(newline="") as rows:
        bought = billed([row for row in csv.DictReader(rows) if row["ChargeCategory"] == "Purchase"])
    assert to_nanos(sum(periods) - bought) == total.token_bill
    assert said.getvalue().endswith("FOCUS 1.2 holds.\n")


def test_the_command_that_checks_names_the_row_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "focus.csv"
    with october():
        call_command("export_focus", "--month", "2026-10", "--output", str(file))
    said = io.StringIO()
    file.write_text(file.read_text().replace(",Usage,", ",Labour,", 1))
    with pytest.raises(CommandError, match=r"1 problems in \d+ rows"):
        call_command("check_focus", str(file), stdout=said)
    assert said.getvalue() == "row 1, ChargeCategory: must be one of: Usage, Purchase, Tax, Credit, Adjustment\n"
    with pytest.raises(CommandError, match="cannot read"):
        call_command("check_focus", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="month: must be a month"):
        call_command("export_focus", "--month", "October")
