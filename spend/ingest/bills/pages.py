"""Pages of a provider's endpoint as JSON: one, an array of them, or NDJSON, each with its buckets by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from spend.ingest.bills.records import BadBill, BadValue, day_after, instant
from spend.ingest.bodies import BadBody
from spend.ingest.fields import Repeated
from spend.ingest.json_text import Unreadable, decode_lines, decode_text

JsonObject = Mapping[str, Any]


@dataclass(frozen=True)
class Bucket:
    """What one page says of one day. `number` counts results through the file, from 1, where it begins."""

    first: datetime
    end: datetime
    results: list[JsonObject]
    number: int

    @property
    def day(self) -> date:
        """The provider's day, which is one of UTC."""
        return self.first.date()


def pages_of(content: bytes) -> list[JsonObject]:
    """Return the pages, each with a list `data`. Raises BadBill."""
    try:
        value = decode_text(content)
    except BadBody:
        value = _lines(content)
    found: list[Any] = value if isinstance(value, list) else [value]
    pages: list[JsonObject] = [page for page in found if isinstance(page, dict) and isinstance(page.get("data"), list)]
    if not pages or len(pages) < len(found):
        raise BadBill("It is no page of a cost or usage endpoint: each has a list `data`.")
    if pages[-1].get("has_more"):
        raise BadBill("The last page says `has_more`: pages that follow it are missing.")
    return pages


def _lines(content: bytes) -> list[object]:
    try:
        values = decode_lines(content)
    except BadBody as error:
        raise BadBill(f"It cannot be read: {error.sentence}.") from error
    for number, value in enumerate(values, 1):
        if isinstance(value, Unreadable):
            raise BadBill(f"Line {number} is no JSON.")
    return values


def buckets_of(pages: list[JsonObject], start: str, end: str) -> Iterator[Bucket]:
    """Yield the buckets, whose begin and end are in the fields `start` and `end`. Raises BadBill."""
    number = 1
    known: dict[datetime, list[JsonObject]] = {}
    for raw in (raw for page in pages for raw in page["data"]):
        bucket = _bucket(raw, start, end, number)
        if bucket.results and known.get(bucket.first) == bucket.results:
            raise BadBill(f"The bucket of {bucket.first:%Y-%m-%d %H:%M} is there twice: was a page given twice?")
        known[bucket.first] = bucket.results
        yield bucket
        number += len(bucket.results)


def _bucket(raw: Any, start: str, end: str, number: int) -> Bucket:
    results = raw.get("results") if isinstance(raw, dict) and not isinstance(raw, Repeated) else None
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise BadBill(f"Each bucket in `data` has `{start}`, `{end}` and a list `results` of objects, once.")
    try:
        bucket = Bucket(instant(raw.get(start), start), instant(raw.get(end), end), results, number)
    except BadValue as error:
        raise BadBill(f"`{error.field}` of a bucket {error}.") from error
    if bucket.end <= bucket.first:
        raise BadBill(f"A bucket ends before it begins: {start} {raw.get(start)}.")
    if bucket.end - bucket.first > timedelta(days=1):
        raise BadBill("Buckets are of a day at most: ask for them with bucket_width=1d.")
    return bucket


def days_of(buckets: list[Bucket]) -> tuple[date, date]:
    """Return the first day of all, and the day after the last. Raises BadBill where there are none."""
    if not buckets:
        raise BadBill("It has no buckets: nothing was billed, or the wrong days were asked for.")
    return min(bucket.day for bucket in buckets), day_after(max(bucket.end for bucket in buckets))


def inner(value: Any, name: str) -> JsonObject:
    """Return an object that is a field. Raises BadValue."""
    if not isinstance(value, dict):
        raise BadValue(name, "must be an object")
    return once(value)


def once(value: JsonObject) -> JsonObject:
    """Return an object none of whose fields is there twice. Raises BadValue."""
    if isinstance(value, Repeated):
        raise BadValue(value.names[0], "is there more than once")
    return value
