"""What is worth reading in a span: our own names, and those that a mapping asks for.

Most attributes of most spans are the same bytes as in spans before (`gen_ai.system=openai`), so a vocabulary remembers
what they say, within bounds. Of all others only the name is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from spend.ingest.mapping import Mapping
from spend.ingest.otlp import values
from spend.ingest.otlp.names import NAMES, Name, Read
from spend.ingest.otlp.wire import name_of, short_value, value_of

Said = dict[str, object]
Named = dict[str, object]

# JSON objects (or maps) in which a mapping may name a key: `metadata.claim` is `claim` in OpenInference's `metadata`.
CONTAINERS = ("metadata", "langfuse.trace.metadata", "langfuse.observation.metadata")
LONGEST_TEXT = 4_096  # characters of a value that a mapping asks for; a name has two hundred

_NO_RANK = 10**6
_LONGEST_REMEMBERED = 80  # bytes; what is longer is rarely met twice
_LONGEST_UNWANTED = 44  # bytes; of what nobody wants: parameters yes, ids of answers no
_MOST_REMEMBERED = 8_192
_UNMET: Any = object()
_NOT_OURS = Name("", lambda value: None, 0)


# An attribute that is read: for a field of ours (None: for none), its reader and rank; the mapping's name for it.
_Wanted = tuple[str | None, Read, int, str | None]

# What one attribute says: a field of ours, its value and rank; the mapping's name for it, and the value as sent.
# A plain tuple, because there are ten of them in a span.
_Heard = tuple[str | None, object, int, str | None, object]


class Vocabulary:
    """Reads attributes of either encoding into (said, named): by our fields, and by the mapping's own names."""

    def __init__(self, asked: Collection[str]) -> None:
        self._inside = {box: [name for name in asked if name.startswith(f"{box}.")] for box in CONTAINERS}
        self._boxes = {box for box, inside in self._inside.items() if inside}
        asked = {*asked, *self._boxes}
        self._wanted: dict[str, _Wanted] = {
            name: (*NAMES.get(name, _NOT_OURS), name if name in asked else None) for name in {*NAMES, *asked}
        }
        self._wanted_bytes = {name.encode(): wanted for name, wanted in self._wanted.items()}
        self._memo: dict[bytes, _Heard | None] = {}

    def of_protobuf(self, attributes: Iterable[bytes]) -> tuple[Said, Named]:
        """Read KeyValue messages. Raises Damaged where one that matters is none."""
        said: Said = {}
        named: Named = {}
        known = self._memo.get
        for raw in attributes:
            heard = known(raw, _UNMET)
            if heard is _UNMET:
                heard = self._learn(raw)
            if heard is None:
                continue
            field, value, _, asked, sent = heard
            if field is not None:
                if field in said:  # aliases: which of them counts is a longer story
                    return _sorted_out(filter(None, map(self._learn, attributes)), self)
                said[field] = value
            if asked is not None:
                named[asked] = sent
        if not self._boxes.isdisjoint(named):
            self.open_boxes(named)
        return said, named

    def of_pairs(self, pairs: Iterable[tuple[str, object]]) -> tuple[Said, Named]:
        """Read attributes that are plain values already."""
        wanted = self._wanted.get
        return _sorted_out((heard for key, value in pairs if (heard := _heard(wanted(key), value))), self)

    def open_boxes(self, named: Named) -> None:
        """Add what the mapping asks for inside JSON objects and maps."""
        for box in self._boxes & named.keys():
            inside = values.json_object(named[box])
            for name in self._inside[box]:
                if (found := inside.get(name[len(box) + 1 :])) is not None:
                    named.setdefault(name, found)

    def _learn(self, raw: bytes) -> _Heard | None:
        """Read a KeyValue not met before; of one that nobody wants only the name."""
        name = name_of(raw)
        wanted = self._wanted_bytes.get(name)
        heard = None
        if wanted is not None:
            value = short_value(raw, len(name) + 2)
            heard = _heard(wanted, value_of(raw) if value is None else value)
        if len(raw) <= (_LONGEST_UNWANTED if heard is None else _LONGEST_REMEMBERED):
            if len(self._memo) >= _MOST_REMEMBERED:
                self._memo.clear()
            self._memo[raw] = heard
        return heard


def _sorted_out(all_heard: Iterable[_Heard], vocabulary: Vocabulary) -> tuple[Said, Named]:
    """Keep of each field the alias of the lowest rank."""
    said: Said = {}
    named: Named = {}
    ranks: dict[str, int] = {}
    for field, value, rank, asked, sent in all_heard:
        if field is not None and rank < ranks.get(field, _NO_RANK):
            said[field] = value
            ranks[field] = rank
        if asked is not None:
            named[asked] = sent
    vocabulary.open_boxes(named)
    return said, named


def _heard(wanted: _Wanted | None, value: object) -> _Heard | None:
    if wanted is None:
        return None
    field, read, rank, asked = wanted
    said = read(value)
    if not said:  # 0 gives way to an alias that says more
        rank += _NO_RANK // 2
    if asked is None:
        return None if said is None else (field, said, rank, None, None)
    sent = values.unquoted(value)
    if isinstance(sent, str):
        sent = sent[: values.LONGEST_JSON if asked in CONTAINERS else LONGEST_TEXT]
    return (None, None, 0, asked, sent) if said is None else (field, said, rank, asked, sent)


def vocabulary_of(mapping: Mapping) -> Vocabulary:
    """Return the vocabulary for a mapping, made once."""
    rules = [rule.attribute for rule in mapping.purposes]
    facets = (mapping.task, mapping.task_type, mapping.team, mapping.environment, rules)
    return _vocabulary(tuple(dict.fromkeys(name for names in facets for name in names)))


@lru_cache(maxsize=8)
def _vocabulary(asked: tuple[str, ...]) -> Vocabulary:
    return Vocabulary(asked)
