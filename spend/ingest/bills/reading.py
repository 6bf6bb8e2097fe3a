"""Tell the shape of a bill by its content, and read it."""

from __future__ import annotations

from collections.abc import Callable

from spend.ingest.bills import anthropic, openai, tables
from spend.ingest.bills.pages import JsonObject, pages_of
from spend.ingest.bills.records import BadBill, Read

SHAPES: dict[str, Callable[[bytes], Read]] = {
    openai.COSTS: openai.read_costs,
    openai.USED: openai.read_usage,
    anthropic.COST: anthropic.read_cost,
    anthropic.USED: anthropic.read_usage,
    tables.FOCUS: tables.read_focus,
}
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")
_HEAD = 1_000
UNKNOWN = "It is none of the shapes that are read: costs or usage of OpenAI or Anthropic as JSON, FOCUS or plain CSV."


def read_bill(content: bytes, *, shape: str = "", provider: str = "") -> Read:
    """Read a bill of `shape`, told by its content where that is empty. `provider`: that of CSV lines that name none.

    Raises BadBill where the file as a whole is none.
    """
    if not content.strip():
        raise BadBill("It is empty.")
    if content.startswith(_PACKED):
        raise BadBill("It is packed: unpack it first.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:_HEAD].count(0) > _HEAD // 10:
        raise BadBill("It is not UTF-8: save it as CSV in UTF-8.")
    shape = shape or shape_of(content)
    if shape == tables.PLAIN:
        return tables.read_plain(content, provider)
    return SHAPES[shape](content)


def shape_of(content: bytes) -> str:
    """Return the shape of a bill. Raises BadBill."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _shape_of_pages(pages_of(content))
    first, *_ = content.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines() or [b""]
    header = first.decode("utf-8", "replace")
    for comma in (",", ";", "\t"):
        names = {name.strip().strip('"') for name in header.split(comma)}
        for shape, columns in ((tables.FOCUS, tables.FOCUS_COLUMNS), (tables.PLAIN, tables.PLAIN_COLUMNS)):
            if names >= columns and comma != ",":
                raise BadBill("Its columns are not parted by commas: save it with commas, and points in numbers.")
            if names >= columns:
                return shape
    raise BadBill(UNKNOWN)


def _shape_of_pages(pages: list[JsonObject]) -> str:
    for bucket in (bucket for page in pages for bucket in page["data"] if isinstance(bucket, dict)):
        results = bucket.get("results")
        first = results[0] if isinstance(results, list) and results else None
        is_openai = "start_time" in bucket
        if isinstance(first, dict):
            priced = "amount" in first
            if is_openai:
                return openai.COSTS if priced else openai.USED
            return anthropic.COST if priced else anthropic.USED
        if "group" in bucket:
            return anthropic.COST
    raise BadBill(UNKNOWN if not pages[0]["data"] else "None of its buckets has results: there is nothing to import.")
