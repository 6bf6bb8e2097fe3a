"""OpenAI: organization costs, and organization usage of completions and embeddings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from spend.ingest.bills.pages import Bucket, JsonObject, buckets_of, days_of, inner, once, pages_of
from spend.ingest.bills.records import (
    CREDIT,
    USAGE,
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

PROVIDER = "openai"
COSTS, USED = "openai_costs", "openai_usage"
_TOKENS_OF_UNIT = {"tokens": 1, "1000_tokens": 1000}
_OF_TOKENS = ("organization.usage.completions.result", "organization.usage.embeddings.result")
_STANDARD = (None, "", "default", "auto")


def read_costs(content: bytes) -> Read:
    return _read(content, COSTS, _cost)


def read_usage(content: bytes) -> Read:
    return _read(content, USED, _used)


def _read(content: bytes, kind: str, lines_of: Callable[[Bucket, JsonObject], Iterator[Line]]) -> Read:
    buckets = list(buckets_of(pages_of(content), "start_time", "end_time"))
    first_day, end_day = days_of(buckets)
    found = Read()
    lines: list[Line] = []
    for bucket in buckets:
        for place, result in enumerate(bucket.results):
            try:
                lines += lines_of(bucket, once(result))
            except BadValue as error:
                found.refuse(bucket.number + place, error)
    if not found.problems:
        found.statement = Statement(kind, PROVIDER, first_day, end_day, lines)
    return found


def _cost(bucket: Bucket, result: JsonObject) -> Iterator[Line]:
    """A line item reads `gpt-6-astra, input_tokens`; none where the costs are not grouped by it."""
    amount = inner(result.get("amount"), "amount")
    value = exact(amount.get("value"), "amount.value")
    item = text(result.get("line_item"), "line_item", 300)
    model, _, what = item.partition(",")
    kind = token_kind_of(what)
    scale = _TOKENS_OF_UNIT.get(text(result.get("quantity_unit"), "quantity_unit"))
    quantity = count(result.get("quantity"), "quantity") if scale else None
    yield Line(
        day=bucket.day,
        provider=PROVIDER,
        amount=value,
        quantity=None if quantity is None or scale is None else quantity * scale,
        model=model.strip() if kind else "",
        token_kind=kind,
        category=CREDIT if value < 0 else USAGE,
        description=item,
        currency=currency(amount.get("currency"), "amount.currency"),
    )


def _used(bucket: Bucket, result: JsonObject) -> Iterator[Line]:
    """`input_tokens` includes what was cached and what was written to the cache: buckets are made disjoint."""
    if result.get("object", _OF_TOKENS[0]) not in _OF_TOKENS:
        raise BadValue("object", "is not of tokens: import usage of completions and embeddings")
    if "amount" in result:
        raise BadValue("amount", "is no field of a usage report: import costs as a file of their own")
    read = count(result.get("input_cached_tokens"), "input_cached_tokens") or Decimal(0)
    written = count(result.get("input_cache_write_tokens"), "input_cache_write_tokens") or Decimal(0)
    fresh = count(result.get("input_uncached_tokens"), "input_uncached_tokens")
    if fresh is None:
        fresh = (count(result.get("input_tokens"), "input_tokens") or Decimal(0)) - read - written
    if fresh < 0:
        raise BadValue("input_tokens", "is less than the cached tokens it includes")
    used = {
        "input": fresh,
        "cache_read": read,
        "cache_write": written,
        "output": count(result.get("output_tokens"), "output_tokens") or Decimal(0),
    }
    tier = "batch" if result.get("batch") is True else result.get("service_tier")
    for kind, tokens in used.items():
        if tokens:
            yield Line(
                day=bucket.day,
                provider=PROVIDER,
                quantity=tokens,
                model=text(result.get("model"), "model", 300),
                service_tier="standard" if tier in _STANDARD else text(tier, "service_tier", 100),
                token_kind=kind,
            )
