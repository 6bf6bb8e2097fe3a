"""Read one field: a JSON value (or a CSV cell) becomes the value of a record, or a ValueError with a sentence.

A reader takes the value and `at`, the moment of reading. The sentence follows the field's name: "must be >= 0".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Any

import msgspec

from spend.ingest.records import NAME_LENGTH, ONE, Link, Scalar

Reader = Callable[[object, datetime], Any]

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
A_DAY = timedelta(days=1)
NOTE_LENGTH = 4_000
METADATA_BYTES = 4_096
MOST_DIGITS = 40  # of a whole number in metadata that is kept to its last digit
MOST_LINKS = 10_000

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation])
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])


def described(value: object) -> str:
    """Say what a value is in words of JSON, for `must be ..., not ...`."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "text"
        case int() | Decimal() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"


def shown(key: str) -> str:
    """Return a key that came from outside so that any answer can carry it."""
    return key[:NAME_LENGTH].encode(errors="replace").decode()


def text(longest: int, unfit: re.Pattern[str], unfit_name: str) -> Reader:
    def read(value: object, _at: datetime) -> str:
        if type(value) is not str:
            raise ValueError(f"must be text, not {described(value)}")
        if not value:
            raise ValueError("must not be empty")
        if len(value) > longest:
            raise ValueError(f"must have at most {longest} characters")
        if unfit.search(value):
            raise ValueError(f"must not contain {unfit_name}")
        return value

    return read


name = text(NAME_LENGTH, _CONTROL, "control characters or invalid UTF-8")
note = text(NOTE_LENGTH, UNSTORABLE, "NUL or invalid UTF-8")


def is_name(value: str) -> bool:
    return 0 < len(value) <= NAME_LENGTH and not _CONTROL.search(value)


def choice(*options: str) -> Reader:
    allowed = frozenset(options)
    sentence = f"must be one of {', '.join(options)}"

    def read(value: object, _at: datetime) -> str:
        if type(value) is not str or value not in allowed:
            raise ValueError(sentence)
        return value

    return read


def flag(value: object, _at: datetime) -> bool:
    if type(value) is not bool:
        raise ValueError(f"must be true or false, not {described(value)}")
    return value


def whole(*, least: int, most: int) -> Reader:
    def read(value: object, _at: datetime) -> int:
        if isinstance(value, Decimal | float):
            raise ValueError("must be a whole number, written without point or exponent")
        if type(value) is not int:
            raise ValueError(f"must be a whole number, not {described(value)}")
        if value < least:
            raise ValueError(f"must be >= {least}")
        if value > most:
            raise ValueError(f"must be <= {most}")
        return value

    return read


def decimal(*, most: int, places: int, rounds: bool = False) -> Reader:
    """Read a number >= 0 from its decimal text; equal numbers become the same Decimal, digit by digit.

    With `rounds` further places are rounded half even: machines compute costs in floats, people do not type them.
    """
    step = Decimal(1).scaleb(-places)
    context = _ROUNDING if rounds else _EXACT

    def read(value: object, _at: datetime) -> Decimal:
        number = _number(value)
        if number < 0:
            raise ValueError("must be >= 0")
        if number > most:
            raise ValueError(f"must be <= {most}")
        try:
            return context.quantize(number.copy_abs(), step)  # of -0.0 as well
        except DecimalException:
            raise ValueError(f"must have at most {places} decimal places") from None

    return read


def _number(value: object) -> Decimal:
    if type(value) is Decimal and value.is_finite():
        return value
    if type(value) is int:
        return Decimal(value)
    if type(value) is not str:
        raise ValueError(f"must be a number, not {'NaN or infinite' if _is_number(value) else described(value)}")
    if _DECIMAL.fullmatch(value):
        return Decimal(value)
    if "," in value:
        raise ValueError("must be a number with a decimal point, not a comma")
    raise ValueError("must be a number such as 12.50")


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal | float)


def instant(value: object, at: datetime) -> datetime:
    if type(value) is not str:
        raise ValueError(f"must be a time such as 2026-10-01T12:00:00Z, not {described(value)}")
    try:
        when = msgspec.convert(value, datetime)
    except ValueError:
        raise ValueError("must be a time such as 2026-10-01T12:00:00Z") from None
    if when.tzinfo is None:
        raise ValueError("must have an offset, such as Z or +02:00")
    if when < EARLIEST:
        raise ValueError("must not be before 2000-01-01")
    if when > at + A_DAY:
        raise ValueError("must not be more than a day in the future")
    return when.astimezone(UTC)


def day(value: object, at: datetime) -> date:
    if type(value) is not str:
        raise ValueError(f"must be a day such as 2026-10-01, not {described(value)}")
    try:
        read = msgspec.convert(value, date)
    except ValueError:
        raise ValueError("must be a day such as 2026-10-01") from None
    if read < EARLIEST.date():
        raise ValueError("must not be before 2000-01-01")
    if read > (at.astimezone(UTC) + A_DAY).date():
        raise ValueError("must not be more than a day in the future")
    return read


class Repeated(dict[str, object]):
    """A JSON object that gave the keys `names` more than once."""

    names: tuple[str, ...] = ()


def _object(value: object, sentence: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{sentence}, not {described(value)}")
    if isinstance(value, Repeated):
        raise ValueError(f"must not give {shown(value.names[0])} twice")
    return value


def metadata(value: object, _at: datetime) -> dict[str, Scalar] | None:
    """Read a flat object of scalars; whole numbers become int, so that 1.0 and 1 are one content."""
    given = _object(value, "must be a flat object")
    read = {key: _scalar(key, entry) for key, entry in given.items()}
    try:
        size = len(json.dumps(read, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())
    except ValueError:  # UnicodeEncodeError is one
        raise ValueError("must not contain infinite numbers or invalid UTF-8") from None
    if size > METADATA_BYTES:
        raise ValueError(f"must have at most {METADATA_BYTES} bytes as JSON")
    return read or None


def _scalar(key: str, value: object) -> Scalar:
    if "\x00" in key or (isinstance(value, str) and "\x00" in value):
        raise ValueError("must not contain NUL")
    if isinstance(value, Decimal):
        is_whole = value.is_finite() and value.adjusted() < MOST_DIGITS and value == value.to_integral_value()
        return int(value) if is_whole else float(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValueError(f"must be flat: {shown(key)} is {described(value)}")


_weight = decimal(most=10**9, places=9)


def links(noun: str) -> Reader:
    """Read `[{"task": "T1", "weight": 2}, ...]`; `noun` is task or call. The order sent does not matter (R6)."""

    def read(value: object, at: datetime) -> tuple[Link, ...]:
        if not isinstance(value, list):
            raise ValueError(f'must be a list such as [{{"{noun}": "A-1", "weight": 1}}], not {described(value)}')
        if len(value) > MOST_LINKS:
            raise ValueError(f"must have at most {MOST_LINKS} entries")
        read = [_link(place, entry, noun, at) for place, entry in enumerate(value)]
        return tuple(sorted(read, key=lambda link: link.name))

    return read


def _link(place: int, entry: object, noun: str, at: datetime) -> Link:
    part = "it"
    try:
        given = _object(entry, "must be an object")
        part = next((shown(key) for key in given if key not in (noun, "weight")), noun)
        if part != noun:
            raise ValueError(f"is not one of {noun}, weight")
        linked = name(given.get(noun), at)
        part = "weight"
        weight = given.get("weight")
        return Link(linked, ONE if weight is None else _weight(weight, at))
    except ValueError as error:
        raise ValueError(f"entry {place}: {part} {error}") from None
