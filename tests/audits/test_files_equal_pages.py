"""Every export shows the same figures as the page that it was made from, to the last digit that it has.

What a page shows is read from the page itself: figures there are rounded, and exact in `<data value="...">`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from accounts.models import Role, User
from audits.actions.closing import draft, sign
from audits.actions.reconciling import decide
from audits.exports.focus.rows import QUALITY_COLUMNS
from audits.exports.workbook.fields import fields_of
from audits.views.columns import COLUMNS
from spend.models import Bill
from spend.templatetags.figures import DASH
from tests.build import have_reference, record
from tests.cast import NOON, make_user
from tests.database import Copies
from tests.invoices import INVOICE, OCTOBER, bill, call, have_october
from trail.models import Event

Figures = dict[str, str]
MORE_REFERENCE = """
labour_rates: [{role: adjuster, hourly: 61, from: 2026-01-01}]
fixed_costs: [{name: GPU, from: 2026-10-01, to: 2026-12-01, amount: 100, tier: commodity}]
"""
WORDS = "from=2026-10&to=2026-10&by=tier&bill=billed"
REPORTED = f"/report?{WORDS}&basis=reported"


@pytest.fixture(scope="module")
def october(copies: Copies, migrated: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """October has all that a report can: calls, a bill with more than these, people's work, an incident, a fixed cost.

    It is closed, and something came late.
    """
    name = copies.make("files_and_pages", of=migrated)
    with django_db_blocker.unblock(), copies.in_use(name), time_machine.travel(NOON, tick=False):
        have_october()
        have_reference(MORE_REFERENCE, at=NOON)
        bill(*INVOICE, number="INV-10")
        have_work()
        fiona = make_user("fiona", Role.FINANCE)
        decide(provider="openai", month=OCTOBER, choice="allocate", reason="Not logged", by=fiona, at=NOON)
        sign(draft(OCTOBER, by=fiona, at=NOON, basis="billed"), by=fiona, at=NOON, reason="It is so.")
        record("call", call("late", "mini", 9, input_tokens=1_234_567), at=NOON)
        yield
    copies.drop(name)


def have_work() -> None:
    work = {"team": "Claims", "worked_on": "2026-10-06", "role": "adjuster", "task": "a"}
    record("outcome", {"task": "a", "team": "Claims", "outcome": "success"}, at=NOON)
    record("correction", {"id": "k", "minutes": 7, "activity": "fix", "verdict": "amended", **work}, at=NOON)
    record("correction", {"id": "r", "minutes": 11, "activity": "review", **work}, at=NOON)
    lost = {"id": "i", "team": "Support", "title": "It", "severity": "low", "occurred_on": "2026-10-07"}
    record("incident", {**lost, "loss_usd": "250000.000000001", "tasks": [{"task": "b"}]}, at=NOON)


@pytest.fixture
def finance(october: None, db: None) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="fiona"))
    return client


class Tables(HTMLParser):
    """The rows of a page's tables: what each is called, and its cells, exact where they are figures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.rows: list[tuple[str, Figures, list[str]]] = []
        self._row: list[list[str]] = []
        self._is_head = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("thead", "tbody", "tfoot"):
            self._is_head = tag == "thead"
        if tag == "tr":
            self._row = []
        if tag in ("td", "th"):
            self._row += [[] for _ in range(int(said.get("colspan") or 1))]
        if tag == "data" and self._row:
            self._row[-1].insert(0, said["value"] or "")

    def handle_data(self, data: str) -> None:
        if self._row and data.strip():
            self._row[-1].append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag != "tr" or not self._row:
            return
        cells = [each[0] if each else "" for each in self._row]
        if self._is_head:
            self.heads = cells
        else:  # a head over two rows is of the first: count from the right
            self.rows.append((cells[0], dict(zip(self.heads[-len(cells) + 1 :], cells[1:], strict=False)), cells[1:]))
        self._row = []


def shown(client: Client, address: str, called: str) -> Figures:
    """The figures of the row of a page that is called so, by their heads."""
    [row] = [row for name, row, _ in Tables(client.get(address).content.decode()).rows if name == called]
    return row


def shown_of_report(client: Client, address: str) -> Figures:
    """The total of a report, by the names of its columns."""
    answer = client.get(address)
    names = [heading.column.name for _, headings in answer.context["table"].headings for heading in headings]
    [cells] = [cells for name, _, cells in Tables(answer.content.decode()).rows if name == "Total"]
    return dict(zip(names, cells, strict=True))


def last_row(answer: HttpResponseBase) -> Figures:
    *_, row = rows_of(answer)
    return row


def rows_of(answer: HttpResponseBase) -> list[Figures]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))  # type: ignore[attr-defined]


def total_of_sheet(answer: HttpResponseBase) -> Figures:
    """What the workbook brings along as computed; `test_workbook.py` computes it anew."""
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue()), data_only=True)["By tier"]  # type: ignore[attr-defined]
    [row] = [row for row in sheet.iter_rows(values_only=True) if row[0] == "Total"]
    return {
        field.name: "" if value is None else str(value) for field, value in zip(fields_of(""), row[2:], strict=False)
    }


def total_of_focus(answer: HttpResponseBase) -> Figures:
    """Calls and what was billed beyond them are the token bill; fixed costs are purchases; the rest is in no bill."""
    rows = rows_of(answer)

    def added(column: str, *categories: str) -> str:
        return str(
            sum(Decimal(row[column] or 0) for row in rows if not categories or row["ChargeCategory"] in categories)
        )

    return {
        "token_bill": added("BilledCost", "Usage", "Adjustment"),
        "bill_difference": added("BilledCost", "Adjustment"),
        "fixed_compute": added("BilledCost", "Purchase"),
        **{name: added(column) for name, column in QUALITY_COLUMNS.items()},
    }


def same(theirs: str, ours: str) -> bool:
    """Figures are compared as numbers: 3.5 is 3.50. A spreadsheet has fifteen digits."""
    if not theirs or not ours:
        return not theirs.strip(DASH) and not ours.strip(DASH)
    exact, other = Decimal(theirs), Decimal(ours)
    return exact == other or abs(exact - other) <= abs(exact) * Decimal("1e-14")


REPORT_FILES: list[tuple[str, Callable[[HttpResponseBase], Figures], int]] = [
    (f"/report.csv?{WORDS}&basis=reported", last_row, 34),
    (f"/api/v1/reports/true-cost.csv?{WORDS}&basis=reported", last_row, 34),
    (f"/report.xlsx?{WORDS}&basis=reported", total_of_sheet, 30),
    ("/focus.csv?month=2026-10&bill=billed", total_of_focus, 7),
    ("/api/v1/focus.csv?month=2026-10&bill=billed", total_of_focus, 7),
]


@pytest.mark.parametrize(("file", "total_of", "at_least"), REPORT_FILES, ids=[file for file, *_ in REPORT_FILES])
def test_a_file_of_a_report_says_what_its_page_says(
    finance: Client, file: str, total_of: Callable[[HttpResponseBase], Figures], at_least: int
) -> None:
    page, said = shown_of_report(finance, REPORTED), total_of(finance.get(file))
    both = page.keys() & said.keys()
    assert {name: (page[name], said[name]) for name in both if not same(page[name], said[name])} == {}
    assert len(both) >= at_least, sorted(page.keys() - said.keys())
    assert Decimal(page["bill_difference"]) > 0


def test_who_takes_a_file_that_is_written_while_it_is_read_is_on_the_trail(finance: Client) -> None:
    finance.get("/focus.csv?month=2026-10")
    event = Event.objects.latest("id")
    assert (event.action, event.object, event.actor) == ("export", "focus-csv", "fiona")


def test_the_workbook_has_every_column_of_the_page(finance: Client) -> None:
    computed = {"counted_successes", "incidents_per_10k_tasks"}  # a column of its own where others count; its ends
    assert {column.name for column in COLUMNS} - computed <= {field.name for field in fields_of("responsible")}


def test_a_pdf_of_a_report_says_what_its_page_shows(finance: Client) -> None:
    document = pypdfium2.PdfDocument(finance.get(f"/report.pdf?{WORDS}&basis=reported").content)
    text = re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in document))
    page = shown_of_report(finance, REPORTED)
    for name in ("token_bill", "true_cost"):
        assert f"{Decimal(page[name]):,.2f}" in text, name


@pytest.mark.parametrize("file", ["/close/2026-10/bridge.csv", "/api/v1/closes/2026-10/bridge.csv"])
@pytest.mark.parametrize("end", ["Reported", "Restated"])
def test_a_bridge_says_what_its_page_says(finance: Client, file: str, end: str) -> None:
    page = shown(finance, "/close/2026-10", end)
    [said] = [row for row in rows_of(finance.get(file)) if row["line"].startswith(end)]
    labels = {"True cost, USD": "true_cost", "Token bill, USD": "token_bill", "Calls": "calls", "Tasks": "tasks",
              "Successes": "successes", "Failures": "failures", "Pending": "pending"}  # fmt: skip
    assert {label: page[label] for label in labels} == {label: said[name] for label, name in labels.items()}


def test_the_list_of_closes_says_what_the_report_says(finance: Client) -> None:
    page = shown(finance, "/close", "October 2026")
    report = shown_of_report(finance, "/report?from=2026-10&to=2026-10&basis=reported")
    assert (page["Token bill, USD"], page["True cost, USD"]) == (report["token_bill"], report["true_cost"])


def test_reconciliations_by_the_API_say_what_the_page_says(finance: Client) -> None:
    [said] = finance.get("/api/v1/reconciliations?from=2026-10&provider=openai").json()["reconciliations"]
    causes = said["causes"]
    rows = Tables(finance.get("/reconcile?from=2026-10&to=2026-10").content.decode()).rows
    [page] = [figures for _, figures, _ in rows if figures["Provider"] == "openai"]
    assert [page[name] for name in ("Computed", "Billed", "Difference", "Missing calls", "Price", "Unexplained")] == [
        said["computed_usd"], said["billed_usd"], said["variance_usd"], causes["missing_calls_usd"],
        causes["price_usd"], causes["unexplained_usd"],
    ]  # fmt: skip


def test_a_bill_by_the_API_says_what_the_page_says(finance: Client) -> None:
    found = Bill.objects.get()
    page = finance.get(reverse("bill", args=[found.pk])).content.decode()
    said = finance.get(reverse("api-bill", args=[found.pk])).json()
    exact = {Decimal(value) for value in re.findall(r'<data value="([^"]*)"', page)}
    assert Decimal(said["amount_usd"]) in exact
    assert said["lines"] == len(INVOICE) == page.count('<tr><th scope="row">2026-10-')
