"""Rules of a mapping as lines of text that people edit, and back: told by the types of its fields alone.

A list is one entry a line, a table `word = meaning`, a list of rules `field = value | field = a, b`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import inspect

Shape = Literal["text", "choice", "flag", "lines", "table", "rules"]
LONGEST = 20_000  # characters of a field
_YES, _NO = "yes", "no"


class BadLine(ValueError):
    """The sentence says which line, and why."""


def fields_of(kind: type[msgspec.Struct]) -> Iterable[inspect.Field]:
    """Return the fields of a mapping, each with its type."""
    info = inspect.type_info(kind)
    return info.fields if isinstance(info, inspect.StructType) else ()


def shape_of(field: inspect.Field) -> Shape:
    match _bare(field.type):
        case inspect.VarTupleType(item_type=inspect.StructType()):
            return "rules"
        case inspect.VarTupleType():
            return "lines"
        case inspect.DictType():
            return "table"
        case inspect.LiteralType():
            return "choice"
        case inspect.BoolType():
            return "flag"
    return "text"


def choices_of(kind: inspect.Type) -> list[str]:
    """Return the words that a value must be one of; none where any will do."""
    kind = _bare(kind)
    return [str(value) for value in kind.values] if isinstance(kind, inspect.LiteralType) else []


def meanings_of(field: inspect.Field) -> list[str]:
    """Return what the words of a table may mean; none where any will do."""
    kind = _bare(field.type)
    return choices_of(kind.value_type) if isinstance(kind, inspect.DictType) else []


def told(value: Any) -> str:
    """Return the value of a field as text; `value` is of builtin types."""
    if isinstance(value, dict):
        return "\n".join(f"{word} = {meant}" for word, meant in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(_rule_told(one) if isinstance(one, dict) else str(one) for one in value)
    return "" if value is None else str(value)


def read(text: str, field: inspect.Field) -> Any:
    """Return the value in builtin types. Raises BadLine."""
    kind = _bare(field.type)
    if isinstance(kind, inspect.DictType):
        return _table(text, meanings_of(field))
    if isinstance(kind, inspect.VarTupleType):
        lines = [(place, line.strip()) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
        if isinstance(kind.item_type, inspect.StructType):
            return [_rule(place, line, kind.item_type) for place, line in lines]
        return [line for _, line in lines]
    return text.strip() or (None if isinstance(field.type, inspect.UnionType) else "")


def _bare(kind: inspect.Type) -> inspect.Type:
    """Look through `X | None` and annotations."""
    if isinstance(kind, inspect.Metadata):
        return _bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next((_bare(one) for one in kind.types if not isinstance(one, inspect.NoneType)), kind)
    return kind


def _table(text: str, meanings: list[str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        word, parted, meant = (part.strip() for part in line.rpartition("="))
        if not (parted and word and meant):
            raise BadLine(f"Line {place}: write it as word = meaning.")
        if meanings and meant not in meanings:
            raise BadLine(f"Line {place}: {meant} must be one of {', '.join(meanings)}.")
        if word in table:
            raise BadLine(f"Line {place}: {word} is there twice.")
        table[word] = meant
    return table


def _rule_told(rule: dict[str, Any]) -> str:
    parts = {name: _part_told(value) for name, value in rule.items() if value not in (None, [], (), False)}
    line = " | ".join(f"{name} = {part}" for name, part in parts.items())
    words = [str(word) for value in rule.values() for word in (value if isinstance(value, list | tuple) else [value])]
    return json.dumps(rule) if any("," in word or "|" in word for word in words) else line


def _part_told(value: Any) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _rule(place: int, line: str, kind: inspect.StructType) -> dict[str, Any]:
    if line.startswith("{"):
        try:
            rule: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeError) as problem:
            raise BadLine(f"Line {place}: {problem}.") from None
        return rule
    known = {field.name: field for field in kind.fields}
    rule = {}
    for part in line.split("|"):
        name, parted, value = (piece.strip() for piece in part.partition("="))
        if not parted or name not in known:
            raise BadLine(f"Line {place}: write it as {' | '.join(f'{each} = …' for each in known)}.")
        rule[name] = _part(place, name, value, known[name])
    return rule


def _part(place: int, name: str, value: str, field: inspect.Field) -> Any:
    kind = _bare(field.type)
    if isinstance(kind, inspect.BoolType):
        return value.casefold() in (_YES, "true", "1")
    if isinstance(kind, inspect.VarTupleType):
        return [word.strip() for word in value.split(",") if word.strip()]
    allowed = choices_of(kind)
    if allowed and value not in allowed:
        raise BadLine(f"Line {place}: {name} must be one of {', '.join(allowed)}.")
    return value
