"""Reads mappings of a YAML file key by key. Numbers are their decimal text: no binary float ever comes in (R6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any

import yaml

_EXACT = Context(prec=60)
_NUMBER = re.compile(r"[-+]?\d{1,40}(\.\d{1,40})?([eE][-+]?\d{1,2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: section, item and key."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class Limits:
    """A number from `least` to `most`, both included, with at most `places` decimal places."""

    most: Decimal
    places: int
    least: Decimal = Decimal(0)

    def objection(self, value: Decimal) -> str | None:
        if not self.least <= value <= self.most:
            return f"must be from {self.least} to {self.most}"
        scaled = value.scaleb(self.places, context=_EXACT)
        if scaled != scaled.to_integral_value(context=_EXACT):
            return f"must have at most {self.places} decimal places"
        return None


class _Loader(yaml.SafeLoader):
    """Everything is text but nothing (null); a key given twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_KEPT = {"tag:yaml.org,2002:null"}
_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the sections of the file as text, lists and mappings."""
    try:
        raw = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as problem:
        return {}, [Problem("", f"not YAML: {' '.join(str(problem).split())}")]
    except RecursionError:
        return {}, [Problem("", "nested too deeply")]
    if raw is None:
        return {}, []
    if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
        return {}, [Problem("", "must be sections by name, like `teams:`")]
    return raw, []


class Item:
    """One mapping of the file. Ask for each key, then for `is_good`; a bad value is noted and stands in as empty."""

    def __init__(self, where: str, raw: object, problems: list[Problem]) -> None:
        self.where = where
        self._problems = problems
        self._before = len(problems)
        self._asked: list[str] = []
        self._raw: dict[Any, Any] = raw if isinstance(raw, dict) else {}
        if not isinstance(raw, dict):
            problems.append(Problem(where, "must be keys with values, like {name: ...}"))

    def is_good(self) -> bool:
        """Whether nothing was wrong; keys that nobody asked for are."""
        for key in self._raw:
            if key not in self._asked:
                self.objection(str(key), f"is not a key; there are {', '.join(self._asked)}")
        return len(self._problems) == self._before

    def objection(self, key: str, message: str) -> None:
        self._problems.append(Problem(f"{self.where}, {key}", message))

    def has(self, key: str) -> bool:
        return self._raw.get(key) is not None

    def text(self, key: str, *, longest: int = 200, required: bool = False) -> str:
        return self._text(key, longest, required) or ""

    def text_or_none(self, key: str, *, longest: int = 200) -> str | None:
        return self._text(key, longest, required=False)

    def choice(self, key: str, options: Collection[str], default: str | None) -> str | None:
        text = self._text(key, 100, required=False)
        if text is not None and text not in options:
            self.objection(key, f"must be one of {', '.join(options)}")
        return default if text is None else text

    def flag(self, key: str) -> bool | None:
        found = self.choice(key, ("true", "false"), None)
        return None if found is None else found == "true"

    def number(self, key: str, limits: Limits) -> Decimal:
        return self._number(key, limits, required=True) or Decimal(0)

    def number_or_none(self, key: str, limits: Limits) -> Decimal | None:
        return self._number(key, limits, required=False)

    def whole_or_none(self, key: str, most: int) -> int | None:
        number = self._number(key, Limits(Decimal(most), 0), required=False)
        return None if number is None else int(number)

    def day(self, key: str) -> date:
        return self._day(key, required=True) or date.min

    def day_or_none(self, key: str) -> date | None:
        return self._day(key, required=False)

    def raw(self, key: str) -> Any:
        self._asked.append(key)
        return self._raw.get(key)

    def entries(self, key: str) -> list[Any]:
        raw = self.raw(key)
        if raw is not None and not isinstance(raw, list):
            self.objection(key, "must be a list")
        return raw if isinstance(raw, list) else []

    def items(self, key: str) -> list[Item]:
        """Return the items of a list of mappings within this one."""
        found = enumerate(self.entries(key), 1)
        return [Item(f"{self.where}, {key}, item {number}", raw, self._problems) for number, raw in found]

    def _scalar(self, key: str, required: bool) -> str | None:
        raw = self.raw(key)
        if raw is None and required:
            self.objection(key, "is required")
        if raw is not None and not isinstance(raw, str):
            self.objection(key, "must be one value")
        return raw if isinstance(raw, str) else None

    def _text(self, key: str, longest: int, required: bool) -> str | None:
        text = self._scalar(key, required)
        if text is None:
            return None
        if problem := text_objection(text, longest):
            self.objection(key, problem)
        elif required and not text:
            self.objection(key, "must not be empty")
        return text

    def _number(self, key: str, limits: Limits, required: bool) -> Decimal | None:
        text = self._scalar(key, required)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            self.objection(key, f"must be a number, not {text[:50]!r}")
            return None
        value = Decimal(text)
        if problem := limits.objection(value):
            self.objection(key, problem)
        return value

    def _day(self, key: str, required: bool) -> date | None:
        text = self._scalar(key, required)
        if text is None:
            return None
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.objection(key, f"must be a date like 2026-01-31, not {text[:50]!r}")
        return None


def text_objection(text: str, longest: int = 200) -> str | None:
    """Return what is wrong with a name; what one cannot see would make two names look like one."""
    if len(text) > longest:
        return f"must have at most {longest} characters"
    if text != text.strip() or not text.isprintable():
        return "must not begin or end with spaces or hold control characters"
    return None
