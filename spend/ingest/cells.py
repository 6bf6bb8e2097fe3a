"""Cells of CSV as the values JSON would have had; a cell that is none stays text, for the field to complain about."""

from __future__ import annotations

import re
from decimal import Decimal

from spend.ingest.fields import shown
from spend.ingest.json_text import Unreadable, decode_line
from spend.ingest.records import Kind
from spend.ingest.rules import RULES

WHOLE_NUMBERS = {
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "latency_ms",
    "version",
}
FLAGS = {"final", "invalidates_output", "withdrawn"}
LINKS = {"tasks": "task", "calls": "call"}

_WHOLE = re.compile(r"-?[0-9]{1,400}")
_FRACTION = re.compile(r"-?[0-9]+\.[0-9]+")
_WEIGHTED = re.compile(r"(.+):([-+]?[0-9][0-9.,]*)", re.DOTALL)
_FLAG_WORDS = {"true": True, "1": True, "false": False, "0": False}


def cell_value(name: str, cell: str) -> object:
    if name in WHOLE_NUMBERS:
        return _number(cell)
    if name in FLAGS:
        return _FLAG_WORDS.get(cell.lower(), cell)
    if name in LINKS or name == "metadata":
        return _structure(name, cell)
    return cell


def _number(cell: str) -> object:
    if _WHOLE.fullmatch(cell):
        return int(cell)
    return Decimal(cell) if _FRACTION.fullmatch(cell) else cell


def _structure(name: str, cell: str) -> object:
    if cell[0] in "[{":
        value = decode_line(cell.encode(errors="surrogateescape"))
        return cell if isinstance(value, Unreadable) else value
    if name not in LINKS:
        return cell
    return [_link(LINKS[name], entry) for entry in cell.split()]


def _link(noun: str, entry: str) -> dict[str, object]:
    if weighted := _WEIGHTED.fullmatch(entry):
        return {noun: weighted[1], "weight": weighted[2]}
    return {noun: entry}


def header_faults(header: list[str], kind: Kind) -> list[tuple[str, str]]:
    """Return what is wrong with the columns. A file with a column `withdrawn` needs only the identity."""
    rules = RULES[kind]
    faults = []
    for place, name in enumerate(header, 1):
        if not name:
            faults.append((f"column {place}", "has no name"))
        elif header.index(name) < place - 1:
            faults.append((shown(name), "is there twice"))
        elif name not in rules.readers and not (kind == "call" and name.startswith("metadata.")):
            faults.append((shown(name), f"is not a column of {kind}s"))
    required = (rules.identity,) if "withdrawn" in header else rules.required
    faults += [(name, "is a required column") for name in required if name not in header]
    return faults
