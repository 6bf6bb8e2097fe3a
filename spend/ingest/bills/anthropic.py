"""Anthropic: the cost report, whose amounts are cents as decimal strings, and the usage report of messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from spend.ingest.bills.pages import Bucket, JsonObject, buckets_of, days_of, inner, once, pages_of
from spend.ingest.bills.records import (
    CREDIT,
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

PROVIDER = "anthropic"
COST, USED = "anthropic_cost", "anthropic_usage"
MOST_GROUPS = 100  # of a bucket; what lies beyond is in no row of it
CENTS = 100


def read_cost(content: bytes) -> Read:
    return _read(content, COST, _cost)


def read_usage(content: bytes) -> Read:
    return _read(content, USED, _used)


def _read(content: bytes, kind: str, lines_of: Callable[[Bucket, JsonObject], Iterator[Line]]) -> Read:
    pages = pages_of(content)
    if any(isinstance(item, dict) and "group" in item for page in pages for item in page["data"]):
        raise BadBill("Groups of the analytics endpoints overlap, so their sum says nothing: import the cost report.")
    buckets = list(buckets_of(pages, "starting_at", "ending_at"))
    first_day, end_day = days_of(buckets)
    found = Read()
    lines: list[Line] = []
    notes: list[str] = []
    for bucket in buckets:
        if len(bucket.results) >= MOST_GROUPS:
            notes.append(f"{bucket.day} has {len(bucket.results)} groups: the report leaves out those beyond 100.")
        for place, result in enumerate(bucket.results):
            try:
                lines += lines_of(bucket, once(result))
            except BadValue as error:
                found.refuse(bucket.number + place, error)
    if not found.problems:
        found.statement = Statement(kind, PROVIDER, first_day, end_day, lines, notes=tuple(notes))
    return found


def _cost(bucket: Bucket, result: JsonObject) -> Iterator[Line]:
    """Model, kind of token and tier are null unless the report is grouped by description."""
    if not isinstance(result.get("amount"), str):
        raise BadValue("amount", "must be cents as a text, such as 123.45")
    amount = exact(result["amount"], "amount") / CENTS
    yield Line(
        day=bucket.day,
        provider=PROVIDER,
        amount=amount,
        model=text(result.get("model"), "model", 300),
        service_tier=text(result.get("service_tier"), "service_tier", 100),
        token_kind=_kind_of(text(result.get("token_type"), "token_type")),
        category=CREDIT if amount < 0 else USAGE,
        description=text(result.get("description") or result.get("cost_type"), "description", 500),
        currency=currency(result.get("currency"), "currency"),
    )


def _kind_of(token_type: str) -> str:
    return "cache_write" if token_type.startswith("cache_creation") else token_kind_of(token_type)


def _used(bucket: Bucket, result: JsonObject) -> Iterator[Line]:
    if "amount" in result:
        raise BadValue("amount", "is no field of a usage report: import costs as a file of their own")
    written = inner(result.get("cache_creation") or {}, "cache_creation")
    counts = [count(tokens, f"cache_creation.{name}") or Decimal(0) for name, tokens in written.items()]
    used = {
        "input": count(result.get("uncached_input_tokens"), "uncached_input_tokens"),
        "cache_read": count(result.get("cache_read_input_tokens"), "cache_read_input_tokens"),
        "cache_write": sum(counts, Decimal(0)),
        "output": count(result.get("output_tokens"), "output_tokens"),
    }
    for kind, tokens in used.items():
        if tokens:
            yield Line(
                day=bucket.day,
                provider=PROVIDER,
                quantity=tokens,
                model=text(result.get("model"), "model", 300),
                service_tier=text(result.get("service_tier"), "service_tier", 100),
                token_kind=kind,
            )
