"""Bills as CSV: FOCUS 1.0 to 1.2 of any provider, and our own plain columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from spend.ingest.bills.records import (
    ADJUSTMENT,
    CATEGORIES,
    CREDIT,
    FEE,
    MOST_LINES,
    TAX,
    TOKEN_KINDS,
    USAGE,
    BadBill,
    BadValue,
    Line,
    Read,
    Statement,
    count,
    currency,
    day_after,
    exact,
    instant,
    provider_named,
    text,
    token_kind_of,
)

FOCUS, PLAIN = "focus", "csv"
FOCUS_COLUMNS = frozenset({"BilledCost", "BillingCurrency", "ChargeCategory", "ChargePeriodStart"})
PLAIN_COLUMNS = frozenset({"day", "amount"})
_PLAIN_OPTIONAL = frozenset({
    "provider", "model", "token_kind", "quantity", "category", "currency", "service_tier", "description", "number",
})  # fmt: skip
_AI = "ai and machine learning"
_CATEGORIES = {"usage": USAGE, "purchase": FEE, "tax": TAX, "credit": CREDIT, "adjustment": ADJUSTMENT}
_UNITS = {
    "tokens": 1, "token": 1, "1k tokens": 1_000, "1000 tokens": 1_000, "thousand tokens": 1_000,
    "1m tokens": 1_000_000, "million tokens": 1_000_000,
}  # fmt: skip
_FOCUS_READ = FOCUS_COLUMNS | {
    "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ConsumedQuantity", "ConsumedUnit", "InvoiceId",
    "PricingQuantity", "PricingUnit", "ProviderName", "ResourceName", "ServiceCategory", "ServiceName",
    "ServiceProviderName", "SkuId", "SkuMeter", "x_Model",
}  # fmt: skip
_PLAIN_READ = PLAIN_COLUMNS | _PLAIN_OPTIONAL
Row = Mapping[str, str]


@dataclass(frozen=True)
class _Table:
    """A CSV file: `places` of the columns that are read, of however many it has, and its rows still to come."""

    header: list[str]
    places: Mapping[str, int]
    cells: Iterator[tuple[int, list[str]]]

    def row(self, cells: Sequence[str]) -> Row:
        if len(cells) != len(self.header):
            more = "more" if len(cells) > len(self.header) else "fewer"
            raise BadValue("record", f"has {more} cells than the header")
        return {name: cells[place] for name, place in self.places.items()}


@dataclass(frozen=True)
class _Shape:
    """What is read of a kind of table. `end_of`: when a row's charge ends, where it says so."""

    kind: str
    number: str
    line_of: Callable[[Row], Line]
    end_of: Callable[[Row], datetime | None] = lambda row: None
    is_left_out: Callable[[Row], bool] = lambda row: False


def read_focus(content: bytes) -> Read:
    """Rows of other services than AI are left out, where the file tells them apart."""
    table = _table(content, FOCUS_COLUMNS, _FOCUS_READ, "a FOCUS export")
    return _read(table, _Shape(FOCUS, "InvoiceId", _focus_line, _end_of, _is_of_another_service))


def read_plain(content: bytes, provider: str = "") -> Read:
    """`provider` is that of rows that name none."""
    table = _table(content, PLAIN_COLUMNS, _PLAIN_READ, "a bill as CSV")
    unknown = sorted(set(table.header) - _PLAIN_READ)
    if unknown:
        known = ", ".join(sorted(_PLAIN_READ))
        raise BadBill(f"Unknown columns: {', '.join(unknown)[:200]}. Known are {known}.")
    return _read(table, _Shape(PLAIN, "number", lambda row: _plain_line(row, provider)))


def _table(content: bytes, wanted: frozenset[str], read: frozenset[str], what: str) -> _Table:
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBill("It is not UTF-8.") from error
    cells = _cells(said)
    header = [name.strip() for name in next(cells, (0, []))[1]]
    missing = wanted - set(header)
    if missing:
        raise BadBill(f"The columns {', '.join(sorted(missing))} of {what} are missing.")
    repeated = sorted(name for name in read if header.count(name) > 1)
    if repeated:
        raise BadBill(f"The columns {', '.join(repeated)} are there more than once.")
    return _Table(header, {name: place for place, name in enumerate(header) if name in read}, cells)


def _cells(said: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(said, newline=""), strict=True)
    try:
        for number, cells in enumerate(filter(None, reader)):
            if number > MOST_LINES:
                raise BadBill(f"It has more than {MOST_LINES:,} lines: import it month by month.")
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadBill(f"It cannot be read as CSV: {error}, in line {reader.line_num}.") from error


def _read(table: _Table, shape: _Shape) -> Read:
    found = Read()
    lines: list[Line] = []
    numbers: set[str] = set()
    end_day, left_out = date.min, 0
    for at, cells in table.cells:
        try:
            row = table.row(cells)
            if shape.is_left_out(row):
                left_out += 1
                continue
            line, end = shape.line_of(row), shape.end_of(row)
            numbers.add(text(row.get(shape.number), shape.number))
        except BadValue as error:
            found.refuse(at, error)
            continue
        lines.append(line)
        end_day = max(end_day, line.day + timedelta(days=1), day_after(end) if end else date.min)
    if not found.problems:
        found.statement = _statement(shape.kind, lines, end_day, numbers, left_out)
    return found


def _statement(kind: str, lines: list[Line], end_day: date, numbers: set[str], left_out: int) -> Statement:
    note = f"{left_out} rows of other services than AI and Machine Learning were left out."
    if not lines:
        raise BadBill(f"It has no lines. {note if left_out else ''}".strip())
    providers = {line.provider for line in lines}
    return Statement(
        kind,
        providers.pop() if len(providers) == 1 else "",
        min(line.day for line in lines),
        end_day,
        lines,
        number=numbers.pop() if len(numbers) == 1 else "",
        notes=(note,) if left_out else (),
    )


def _is_of_another_service(row: Row) -> bool:
    return row.get("ServiceCategory", "").strip().casefold() not in (_AI, "")


def _focus_line(row: Row) -> Line:
    category = _CATEGORIES.get(row["ChargeCategory"].strip().casefold())
    if category is None:
        raise BadValue("ChargeCategory", "must be Usage, Purchase, Tax, Credit or Adjustment")
    if row.get("ChargeClass", "").strip().casefold() == "correction":
        category = ADJUSTMENT  # of a period that was invoiced before
    meter = row.get("SkuMeter", "") or row.get("ChargeDescription", "")
    kind = token_kind_of(meter) if category == USAGE else ""
    provider = _provider(row)
    model = text(row.get("x_Model") or row.get("ResourceName") or row.get("SkuId"), "ResourceName", 300)
    return Line(
        day=instant(row["ChargePeriodStart"], "ChargePeriodStart").date(),
        provider=provider,
        amount=exact(row["BilledCost"], "BilledCost"),
        quantity=_tokens(row),
        model=model.removeprefix(f"{provider}/"),  # as exports of ours name it
        token_kind=kind,
        category=category,
        description=text(row.get("ChargeDescription") or row.get("ServiceName"), "ChargeDescription", 2_000),
        currency=currency(row["BillingCurrency"], "BillingCurrency"),
    )


def _provider(row: Row) -> str:
    said = provider_named(row.get("ServiceProviderName") or row.get("ProviderName"), "ProviderName")
    if not said:
        raise BadValue("ProviderName", "is required")
    return said


def _tokens(row: Row) -> Any:
    """The quantity where its unit is of tokens."""
    for quantity, unit in (("ConsumedQuantity", "ConsumedUnit"), ("PricingQuantity", "PricingUnit")):
        scale = _UNITS.get(row.get(unit, "").strip().casefold())
        if scale and (tokens := count(row.get(quantity), quantity)) is not None:
            return tokens * scale
    return None


def _end_of(row: Row) -> datetime | None:
    """When what is charged ends, which is of it no more."""
    end = row.get("ChargePeriodEnd", "").strip()
    return instant(end, "ChargePeriodEnd") if end else None


def _plain_line(row: Row, provider: str) -> Line:
    category = row.get("category", "").strip().casefold() or USAGE
    if category not in CATEGORIES:
        raise BadValue("category", f"must be one of {', '.join(CATEGORIES)}")
    kind = row.get("token_kind", "").strip().casefold()
    if kind not in ("", *TOKEN_KINDS):
        raise BadValue("token_kind", f"must be one of {', '.join(TOKEN_KINDS)}, or empty")
    whose = provider_named(row.get("provider"), "provider") or provider_named(provider, "provider")
    if not whose:
        raise BadValue("provider", "is required, in each line or for the whole file")
    quantity = count(row.get("quantity", "").strip(), "quantity")
    if not row["amount"].strip() and (quantity is None or category != USAGE):
        raise BadValue("amount", "is required, but where a quantity of use is counted without a price")
    return Line(
        day=instant(row["day"], "day").date(),
        provider=whose,
        amount=exact(row["amount"], "amount") if row["amount"].strip() else None,
        quantity=quantity,
        model=text(row.get("model"), "model", 300),
        service_tier=text(row.get("service_tier"), "service_tier", 100),
        token_kind=kind,
        category=category,
        description=text(row.get("description"), "description", 2_000),
        currency=currency(row.get("currency"), "currency"),
    )
