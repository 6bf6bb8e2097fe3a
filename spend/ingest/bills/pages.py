"""Pages of a provider's endpoint as JSON: one, an array of them, or NDJSON, each with its buckets by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from spend.ingest.bills.records import BadBill, BadValue
from spend.ingest.bodies import BadBody
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
    for page in pages:
        for raw in page["data"]:
            results = raw.get("results") if isinstance(raw, dict) else None
            if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
                raise BadBill(f"Each bucket in `data` has `{start}`, `{end}` and a list `results` of objects.")
            bucket = Bucket(_instant(raw.get(start), start), _instant(raw.get(end), end), results, number)
            if bucket.end <= bucket.first:
                raise BadBill(f"A bucket ends before it begins: {start} {raw.get(start)}.")
            if (bucket.end - bucket.first).days > 1:
                raise BadBill("Buckets are of a day at most: ask for them with bucket_width=1d.")
            yield bucket
            number += len(results)


def _instant(value: Any, name: str) -> datetime:
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise BadBill(f"`{name}` of a bucket is no time: {str(value)[:40]!r}.")


def days_of(buckets: list[Bucket]) -> tuple[date, date]:
    """Return the first day of all, and the day after the last. Raises BadBill where there are none."""
    if not buckets:
        raise BadBill("It has no buckets: nothing was billed, or the wrong days were asked for.")
    last = max(bucket.end for bucket in buckets)
    end = last.date() if last.time() == datetime.min.time() else date.fromordinal(last.toordinal() + 1)
    return min(bucket.day for bucket in buckets), end


def inner(value: Any, name: str) -> JsonObject:
    """Return an object that is a field. Raises BadValue."""
    if not isinstance(value, dict):
        raise BadValue(name, "must be an object")
    return value
