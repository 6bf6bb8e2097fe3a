"""Ids pasted one a line, each with its weight where one is given: as links of an incident, and back to text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# Columns of a spreadsheet, or `id; 2`. A comma parts only where it is the line's only one: ids may have some.
_TAB = re.compile(r"(?P<name>[^\t]*?)\s*\t\s*(?P<weight>[^\t]*?)\s*")
_SEMICOLON = re.compile(r"(?P<name>[^\t;]*?)\s*;\s*(?P<weight>[^\t;]*?)\s*")
_COMMA = re.compile(r"(?P<name>[^,]+?)\s*,\s*(?P<weight>[0-9]+(\.[0-9]+)?)")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
_HEADINGS = {"task", "tasks", "task id", "task_id", "call", "calls", "call id", "call_id", "id", "name"}


@dataclass(frozen=True)
class PastedLink:
    """A name, and the text of its weight, None where none is given."""

    name: str
    weight: str | None = None

    def as_sent(self, noun: str) -> dict[str, object]:
        return {noun: self.name} if self.weight is None else {noun: self.name, "weight": self.weight}

    def __str__(self) -> str:
        return self.name if self.weight is None else f"{self.name}\t{self.weight}"


def read_links(text: str) -> list[PastedLink]:
    """Read `id`, `id<tab>weight`, `id; weight` or `id, weight`, one a line. Whether they are good, the rules say."""
    lines = [line.strip(" \r\f\v") for line in text.split("\n")]
    links = [_link(line) for line in lines if line.strip()]
    if links and _is_heading(links[0]):
        return links[1:]
    return links


def _link(line: str) -> PastedLink:
    found = _TAB.fullmatch(line) or _SEMICOLON.fullmatch(line) or _COMMA.fullmatch(line)
    if found is None or not found["name"]:
        return PastedLink(line.strip())
    weight = found["weight"]
    if _DECIMAL_COMMA.fullmatch(weight):
        weight = weight.replace(",", ".")
    return PastedLink(found["name"].strip(), weight or None)


def _is_heading(link: PastedLink) -> bool:
    return link.name.casefold() in _HEADINGS and (link.weight or "weight").casefold() == "weight"


def links_text(links: Iterable[tuple[str, Decimal]]) -> str:
    """Return links as lines that `read_links` reads back; a weight of 1 is left out where nothing is lost by it."""
    return "\n".join(
        str(PastedLink(name, None if weight == 1 and _reads_back(name) else f"{weight.normalize():f}"))
        for name, weight in links
    )


def _reads_back(name: str) -> bool:
    return read_links(name) == [PastedLink(name)]
