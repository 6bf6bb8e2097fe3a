"""Every figure of the report leads to what it is made of: from each card and each linked cell to its list, and back.

Cards are added up from the rows themselves, page by page; cells are held against what their list says it adds up to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.test.utils import ContextList

from accounts.models import User
from audits.queries.sums import DIMENSIONS
from audits.views.columns import COLUMNS
from audits.views.headline import Card
from audits.views.table import TableRow
from spend.domain.money import divide
from tests.simulated import LOADED_AT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("year")]

PERIOD = "from=2026-09&to=2026-10"
NEAR = pytest.approx
Values = Mapping[str, Any]
Holds = Callable[[Any, Values, ContextList], bool]


def counts(name: str, value: Any, row: Values, page: ContextList) -> bool:
    return value == page["sums"][name]


def is_share(of: Callable[[Values], int], name: str, value: Any, row: Values, page: ContextList) -> bool:
    """The list holds the part of `of` that the share says."""
    return page["sums"][name] == NEAR(value * of(row))


def decided(row: Values) -> int:
    return row["successes"] + row["failures"]


def costs(value: Any, row: Values, page: ContextList) -> bool:
    """The list holds the true cost of the row, entries and bill."""
    return page["together"] == row["true_cost"]


def is_bill_of_tasks(value: Any, row: Values, page: ContextList) -> bool:
    bill = page["sums"]["cost_nanos"]
    return bill == row["token_bill"] and value == divide(bill, page["sums"]["tasks"])


def is_of_counted(value: Any, row: Values, page: ContextList) -> bool:
    return page["sums"]["tasks"] == row.get("counted_successes", row["successes"])


_tasks, _nanos, _amount = partial(counts, "tasks"), partial(counts, "cost_nanos"), partial(counts, "amount_nanos")
MADE_OF: dict[str, Holds] = {
    **dict.fromkeys(
        ("tasks", "successes", "counted_successes", "presumed", "amended", "failures", "pending", "tasks_touched"),
        _tasks,
    ),
    "calls": partial(counts, "calls"),
    **dict.fromkeys(("token_bill", "wasted_tokens"), _nanos),
    **dict.fromkeys(
        ("prevention", "appraisal", "internal_failure", "external_failure", "fixed_compute", "labour", "allocated"),
        _amount,
    ),
    "incidents": partial(counts, "sources"),
    **dict.fromkeys(("true_cost", "cash", "pending_cost"), lambda value, row, page: value == page["together"]),
    **dict.fromkeys(("true_cost_per_success", "multiplier"), costs),
    "token_cost_per_task": is_bill_of_tasks,
    "first_pass_yield": partial(is_share, decided, "tasks"),
    "final_yield": partial(is_share, decided, "tasks"),
    "fail_rate": partial(is_share, decided, "tasks"),
    "attempt_fail_rate": lambda value, row, page: page["sums"]["tries"] > 0,  # its parts: test_report_page.py
    "manual_cost_per_task": lambda value, row, page: page["sums"]["tasks"] == row["tasks"],
    **dict.fromkeys(("value_per_success", "margin_per_success", "return_on_spend", "price_headroom"), is_of_counted),
    "calls_priced": partial(is_share, lambda row: row["calls"], "calls"),
    "tasks_judged": partial(is_share, lambda row: row["tasks"], "tasks"),
    "presumed_share": partial(is_share, lambda row: row["successes"], "tasks"),
}


@pytest.fixture(autouse=True)
def _when_it_was_loaded() -> Iterator[None]:
    """October's last tasks are pending, and no time has passed that each test would have to work in anew."""
    with time_machine.travel(LOADED_AT, tick=False):
        yield


@pytest.fixture
def reader(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


class Walk:
    """Follows addresses, each once."""

    def __init__(self, reader: Client) -> None:
        self._reader = reader
        self._seen: dict[str, ContextList] = {}

    def to(self, address: str) -> ContextList:
        if address not in self._seen:
            answer: Any = self._reader.get(address)
            assert answer.status_code == 200, address
            self._seen[address] = answer.context
        return self._seen[address]

    def rows(self, address: str) -> Iterator[Values]:
        """All rows of a list, page by page."""
        while address:
            page = self.to(address)
            yield from page["page"].rows
            address = page["next"]


def values_of(row: TableRow) -> dict[str, Any]:
    return {cell.column.name: cell.value for cell in row.cells}


def some_of(rows: list[TableRow]) -> list[TableRow]:
    """The first, the last and the one in the middle: names, and what has none."""
    return [rows[at] for at in sorted({0, len(rows) // 2, len(rows) - 1})]


def test_every_linked_column_is_walked() -> None:
    assert {column.name for column in COLUMNS if column.page} == MADE_OF.keys()


@pytest.mark.parametrize(
    ("by", "lens"),
    [
        *((by, "responsible") for by in DIMENSIONS),
        *((by, "route") for by in ("tier", "route", "team&by=tier", "month&by=task_type&success=judged")),
        ("tier&by=model", "responsible"),
    ],
)
def test_every_cell_leads_to_a_list_that_adds_up_to_it(reader: Client, by: str, lens: str) -> None:
    walk = Walk(reader)
    table = walk.to(f"/report?{PERIOD}&by={by}&lens={lens}")["table"]
    subtotals = [group.subtotal for group in table.groups if group.subtotal]
    walked = 0
    for row in [*some_of(table.rows), *(some_of(subtotals) if subtotals else []), table.total]:
        values = values_of(row)
        for cell in row.cells:
            if cell.href:
                page = walk.to(cell.href)
                assert MADE_OF[cell.column.name](cell.value, values, page), (row.names, cell.column.name, cell.href)
                walked += 1
    assert walked > 80


ADDED: dict[str, Callable[[list[Values]], Any]] = {
    "calls": lambda rows: sum(row["cost_nanos"] or 0 for row in rows),
    "entries": lambda rows: sum(row["amount_nanos"] for row in rows),
    "tasks": len,
}


@pytest.mark.parametrize("lens", ["responsible", "route"])
@pytest.mark.parametrize("narrowed", ["", "&task_type=claim_assessment", "&tier=commodity&success=first_pass"])
def test_the_rows_behind_every_card_add_up_to_it(reader: Client, lens: str, narrowed: str) -> None:
    walk = Walk(reader)
    page = walk.to(f"/report?from=2026-10&to=2026-10&lens={lens}{narrowed}")
    total = page["report"].total
    bill = total.token_bill or 0
    expected = {
        **dict.fromkeys(("true_cost_per_success", "true_cost", "multiplier"), total.true_cost - bill),
        **dict.fromkeys(("token_cost_per_task", "token_bill"), bill),
        "counted_successes": total.counted_successes,
        "presumed_share": total.presumed,
        "pending": total.pending,
        "incidents": total.incident_cost,
        "manual_cost_per_task": total.tasks,
        **dict.fromkeys(
            ("value_per_success", "margin_per_success", "return_on_spend", "price_headroom"), total.counted_successes
        ),
    }
    cards: list[Card] = [*page["cards"], *page["worth"]]
    assert {card.name for card in page["cards"]} <= expected.keys()
    for card in cards:
        assert _added(walk, card.href) == expected[card.name], (card.name, card.href)
    cash, labour = next(card for card in cards if card.parts).parts
    assert _added(walk, labour.href) == labour.value
    assert _added(walk, cash.href) + bill == cash.value
    assert cash.value + labour.value == total.true_cost


def _added(walk: Walk, href: str) -> Any:
    kind = href.partition("?")[0].strip("/")
    return ADDED[kind](list(walk.rows(href)))


@pytest.mark.parametrize("lens", ["responsible", "route"])
def test_what_is_not_known_is_listed(reader: Client, lens: str) -> None:
    walk = Walk(reader)
    page = walk.to(f"/report?{PERIOD}&lens={lens}")
    total, known = page["report"].total, page["report"].coverage
    sums = {each.name: walk.to(each.href)["sums"] for each in page["coverage"] if each.href}
    assert sums["calls_priced"]["calls"] == known.unpriced_calls
    assert sums["tasks_judged"]["tasks"] == total.tasks - total.judged
    assert sums["presumed_share"]["tasks"] == total.presumed
    assert sums["unattributed_cost"]["amount_nanos"] == known.unattributed_cost
    [linking] = [each.href for each in page["coverage"] if each.name == "corrections_linked"]
    linked = walk.to(linking.replace("linked=no", "linked=yes"))["sums"]["corrections"]
    assert known.corrections_linked == linked / (linked + sums["corrections_linked"]["corrections"])


@pytest.mark.parametrize("words", ["", "&lens=route", "&model=openai/gpt-4.1-mini", "&by=team&tier=commodity"])
def test_measured_fail_rates_are_of_the_tries_listed(reader: Client, words: str) -> None:
    walk = Walk(reader)
    marks = walk.to(f"/report?{PERIOD}{words}")["claims"]
    assert marks
    for mark in marks:
        tries = {
            how: walk.to(mark.href.replace("tried=all", f"tried={how}"))["sums"]["tries"]
            for how in ("all", "escalated", "failed")
        }
        assert tries["all"] == mark.claim.attempts
        assert (tries["escalated"] + tries["failed"]) / tries["all"] == mark.claim.measured


def test_a_headline_that_is_a_lower_bound_is_marked(year: None, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    page = client.get("/report", {"from": "2026-10", "by": "tier"}).context
    assert page["report"].total.incomplete
    marked = {card.name for card in page["cards"] if card.incomplete}
    assert marked == {"true_cost_per_success", "true_cost", "token_bill"}
    by_model = client.get("/report", {"from": "2026-10", "by": "model"}).context["report"]
    whole = next(row.names["model"] for row in by_model.rows if row.line.token_bill and not row.line.incomplete)
    cards = client.get("/report", {"from": "2026-10", "by": "model", "model": whole}).context["cards"]
    assert {card.incomplete for card in cards} == {False}
