"""What is worth reading in a span: our own names, and those that a mapping asks for.

Most attributes of most spans are the same bytes as in spans before (`gen_ai.system=openai`), so a vocabulary remembers
what they say, within bounds. Of all others only the name is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from spend.ingest.mapping import Mapping
from spend.ingest.otlp import values
from spend.ingest.otlp.names import NAMES, Name
from spend.ingest.otlp.wire import WireAttribute, simple_attribute, value_of

Said = dict[str, object]
Named = dict[str, object]

# JSON objects (or maps) in which a mapping may name a key: `metadata.claim` is `claim` in OpenInference's `metadata`.
CONTAINERS = ("metadata", "langfuse.trace.metadata", "langfuse.observation.metadata")
LONGEST_TEXT = 4_096  # characters of a value that a mapping asks for; a name has two hundred

_NO_RANK = 10**6
_LONGEST_REMEMBERED = 128  # bytes
_MOST_REMEMBERED = 4_096
_UNMET = object()


class _Wanted(NamedTuple):
    """An attribute that is read: for a field of ours, for the mapping, or both."""

    name: Name | None
    asked: str | None


class _Heard(NamedTuple):
    """What one attribute says: `field` has `value`, `asked` has the value as sent."""

    field: str | None
    value: object
    rank: int
    asked: str | None
    raw: object


class Vocabulary:
    """Reads attributes of either encoding into (said, named): by our fields, and by the mapping's own names."""

    def __init__(self, asked: Iterable[str]) -> None:
        self._inside = {f"{box}.": [name for name in asked if name.startswith(f"{box}.")] for box in CONTAINERS}
        boxes = {box.removesuffix(".") for box, names in self._inside.items() if names}
        names = {*NAMES, *asked, *boxes}
        self._boxes = boxes
        self._wanted = {
            name: _Wanted(NAMES.get(name), name if name in boxes or name in set(asked) else None) for name in names
        }
        self._wanted_bytes = {name.encode(): wanted for name, wanted in self._wanted.items()}
        self._memo: dict[bytes, _Heard | None] = {}

    def of_protobuf(self, attributes: Iterable[bytes]) -> tuple[Said, Named]:
        """Read KeyValue messages. Raises Damaged where one that matters is none."""
        said: Said = {}
        named: Named = {}
        ranks: dict[str, int] = {}
        known = self._memo.get
        for raw in attributes:
            heard = known(raw, _UNMET)
            if heard is _UNMET:
                heard = self._learn(raw)
            if heard is not None:
                self._take(heard, said, named, ranks)  # type: ignore[arg-type]
        return said, named

    def of_pairs(self, pairs: Iterable[tuple[str, object]]) -> tuple[Said, Named]:
        """Read attributes that are plain values already."""
        said: Said = {}
        named: Named = {}
        ranks: dict[str, int] = {}
        for key, value in pairs:
            if (wanted := self._wanted.get(key)) and (heard := _heard(wanted, value)):
                self._take(heard, said, named, ranks)
        return said, named

    def wants(self, key: str) -> bool:
        return key in self._wanted

    def _learn(self, raw: bytes) -> _Heard | None:
        simple = simple_attribute(raw)
        key, value = simple if simple else (WireAttribute.FromString(raw).key, None)
        wanted = self._wanted_bytes.get(key)
        heard = None if wanted is None else _heard(wanted, value if simple else value_of(raw))
        if len(raw) <= _LONGEST_REMEMBERED:
            if len(self._memo) >= _MOST_REMEMBERED:
                self._memo.clear()
            self._memo[raw] = heard
        return heard

    def _take(self, heard: _Heard, said: Said, named: Named, ranks: dict[str, int]) -> None:
        field, value, rank, asked, raw = heard
        if field is not None and rank < ranks.get(field, _NO_RANK):
            said[field] = value
            ranks[field] = rank
        if asked is not None:
            named[asked] = raw
            if asked in self._boxes:
                self._open(asked, raw, named)

    def _open(self, box: str, raw: object, named: Named) -> None:
        inside = values.json_object(raw)
        for name in self._inside[f"{box}."]:
            if (found := inside.get(name[len(box) + 1 :])) is not None:
                named.setdefault(name, found)


def _heard(wanted: _Wanted, value: object) -> _Heard | None:
    name, asked = wanted
    if asked is not None:
        raw = values.unquoted(value)
        raw = raw[: values.LONGEST_JSON if asked in CONTAINERS else LONGEST_TEXT] if isinstance(raw, str) else raw
    read = None if name is None else name.read(value)
    if name is None or read is None:
        return None if asked is None else _Heard(None, None, 0, asked, raw)
    rank = name.rank if read else name.rank + _NO_RANK // 2  # 0 gives way to an alias that says more
    return _Heard(name.field, read, rank, asked, None if asked is None else raw)


def vocabulary_of(mapping: Mapping) -> Vocabulary:
    """Return the vocabulary for a mapping, made once."""
    rules = [rule.attribute for rule in mapping.purposes]
    facets = (mapping.task, mapping.task_type, mapping.team, mapping.environment, rules)
    return _vocabulary(tuple(dict.fromkeys(name for names in facets for name in names)))


@lru_cache(maxsize=8)
def _vocabulary(asked: tuple[str, ...]) -> Vocabulary:
    return Vocabulary(asked)
