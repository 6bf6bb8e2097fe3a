"""Bills as CSV: FOCUS 1.0 to 1.2 of any provider, and our own plain columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
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
    exact,
    text,
    token_kind_of,
)

FOCUS, PLAIN = "focus", "csv"
FOCUS_COLUMNS = frozenset({"BilledCost", "BillingCurrency", "ChargeCategory", "ChargePeriodStart"})
PLAIN_COLUMNS = frozenset({"day", "amount"})
_PLAIN_OPTIONAL = {
    "provider", "model", "token_kind", "quantity", "category", "currency", "service_tier", "description", "number",
}  # fmt: skip
_AI = "ai and machine learning"
_CATEGORIES = {"usage": USAGE, "purchase": FEE, "tax": TAX, "credit": CREDIT, "adjustment": ADJUSTMENT}
_PROVIDERS = {
    "amazon web services": "aws", "microsoft": "azure", "microsoft azure": "azure", "google cloud": "google",
    "google": "google",
}  # fmt: skip
_UNITS = {
    "tokens": 1, "token": 1, "1k tokens": 1_000, "1000 tokens": 1_000, "thousand tokens": 1_000,
    "1m tokens": 1_000_000, "million tokens": 1_000_000,
}  # fmt: skip
Row = Mapping[str, str]


def read_focus(content: bytes) -> Read:
    """Rows of other services than AI are left out, where the file tells them apart."""
    rows = _rows(content, FOCUS_COLUMNS, "a FOCUS export")
    ours = [(number, row) for number, row in rows if row.get("ServiceCategory", _AI).casefold() in (_AI, "")]
    left_out = len(rows) - len(ours)
    notes = (f"{left_out} rows of other services than AI and Machine Learning were left out.",) if left_out else ()
    return _read(FOCUS, ours, _focus_line, notes, number="InvoiceId", last_day=_last_charged)


def read_plain(content: bytes, provider: str = "") -> Read:
    """`provider` is that of rows that name none."""
    rows = _rows(content, PLAIN_COLUMNS, "a bill as CSV")
    unknown = sorted(set(rows[0][1]) - PLAIN_COLUMNS - _PLAIN_OPTIONAL) if rows else []
    if unknown:
        known = ", ".join(sorted(PLAIN_COLUMNS | _PLAIN_OPTIONAL))
        raise BadBill(f"Unknown columns: {', '.join(unknown)[:200]}. Known are {known}.")
    return _read(PLAIN, rows, lambda row: _plain_line(row, provider), (), number="number", last_day=lambda row: None)


def _rows(content: bytes, wanted: frozenset[str], what: str) -> list[tuple[int, Row]]:
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBill("It is not UTF-8.") from error
    reader = csv.DictReader(io.StringIO(said, newline=""), restkey="", restval="", strict=True)
    try:
        missing = wanted - set(reader.fieldnames or ())
        if missing:
            raise BadBill(f"The columns {', '.join(sorted(missing))} of {what} are missing.")
        rows: list[tuple[int, Row]] = []
        for row in reader:
            rows.append((reader.line_num, row))
            if len(rows) > MOST_LINES:
                raise BadBill(f"It has more than {MOST_LINES:,} lines: import it month by month.")
    except csv.Error as error:
        raise BadBill(f"It cannot be read as CSV: {error}.") from error
    return rows


def _read(
    kind: str,
    rows: list[tuple[int, Row]],
    line_of: Callable[[Row], Line],
    notes: tuple[str, ...],
    *,
    number: str,
    last_day: Callable[[Row], date | None],
) -> Read:
    found = Read()
    lines: list[Line] = []
    ends: list[date] = []
    for at, row in rows:
        try:
            if "" in row:
                raise BadValue("record", "has more cells than the header")
            line = line_of(row)
            lines.append(line)
            ends.append(last_day(row) or line.day + timedelta(days=1))
        except BadValue as error:
            found.refuse(at, error)
    if found.problems:
        return found
    if not lines:
        raise BadBill("It has no lines.")
    providers, numbers = {line.provider for line in lines}, {row.get(number, "").strip() for _, row in rows}
    found.statement = Statement(
        kind,
        providers.pop() if len(providers) == 1 else "",
        min(line.day for line in lines),
        max(*ends, max(line.day for line in lines) + timedelta(days=1)),
        lines,
        number=numbers.pop()[:200] if len(numbers) == 1 else "",
        notes=notes,
    )
    return found


def _focus_line(row: Row) -> Line:
    category = _CATEGORIES.get(row["ChargeCategory"].strip().casefold())
    if category is None:
        raise BadValue("ChargeCategory", "must be Usage, Purchase, Tax, Credit or Adjustment")
    if row.get("ChargeClass", "").strip().casefold() == "correction":
        category = ADJUSTMENT  # of a period that was invoiced before
    meter = row.get("SkuMeter", "") or row.get("ChargeDescription", "")
    kind = token_kind_of(meter) if category == USAGE else ""
    return Line(
        day=_day(row["ChargePeriodStart"], "ChargePeriodStart"),
        provider=_provider(row),
        amount=exact(row["BilledCost"], "BilledCost"),
        quantity=_tokens(row),
        model=text(row.get("x_Model") or row.get("ResourceName") or row.get("SkuId"), "ResourceName", 300),
        token_kind=kind,
        category=category,
        description=text(row.get("ChargeDescription") or row.get("ServiceName"), "ChargeDescription", 2_000),
        currency=currency(row["BillingCurrency"], "BillingCurrency"),
    )


def _provider(row: Row) -> str:
    said = text(row.get("ServiceProviderName") or row.get("ProviderName"), "ProviderName").casefold()
    if not said:
        raise BadValue("ProviderName", "is required")
    return _PROVIDERS.get(said, said)


def _tokens(row: Row) -> Any:
    """The quantity where its unit is of tokens."""
    for quantity, unit in (("ConsumedQuantity", "ConsumedUnit"), ("PricingQuantity", "PricingUnit")):
        scale = _UNITS.get(row.get(unit, "").strip().casefold())
        if scale and (tokens := count(row.get(quantity), quantity)) is not None:
            return tokens * scale
    return None


def _last_charged(row: Row) -> date | None:
    """The day after the last that is charged; ChargePeriodEnd is exclusive."""
    end = row.get("ChargePeriodEnd", "").strip()
    if not end:
        return None
    moment = _moment(end, "ChargePeriodEnd")
    return moment.date() if moment.time() == datetime.min.time() else moment.date() + timedelta(days=1)


def _plain_line(row: Row, provider: str) -> Line:
    category = row.get("category", "").strip().casefold() or USAGE
    if category not in CATEGORIES:
        raise BadValue("category", f"must be one of {', '.join(CATEGORIES)}")
    kind = row.get("token_kind", "").strip().casefold()
    if kind not in ("", *TOKEN_KINDS):
        raise BadValue("token_kind", f"must be one of {', '.join(TOKEN_KINDS)}, or empty")
    whose = text(row.get("provider"), "provider").casefold() or provider
    if not whose:
        raise BadValue("provider", "is required, in each line or for the whole file")
    return Line(
        day=_day(row["day"], "day"),
        provider=whose,
        amount=exact(row["amount"], "amount") if row["amount"].strip() else None,
        quantity=count(row.get("quantity", ""), "quantity"),
        model=text(row.get("model"), "model", 300),
        service_tier=text(row.get("service_tier"), "service_tier", 100),
        token_kind=kind,
        category=category,
        description=text(row.get("description"), "description", 2_000),
        currency=currency(row.get("currency"), "currency"),
    )


def _day(said: str, name: str) -> date:
    return _moment(said.strip(), name).date()


def _moment(said: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        raise BadValue(name, "must be a day such as 2026-10-05") from None
