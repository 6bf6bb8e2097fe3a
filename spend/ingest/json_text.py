"""JSON into plain values: numbers as int or Decimal, duplicate keys noticed, nothing read inexactly.

msgspec decodes fast but keeps the last of duplicate keys silently and gives up on NaN and lone surrogates. So the keys
it kept are counted against the `":` of the text; where the counts differ, or it gave up, the standard library reads
the text again, slowly, and keeps track of all that (`fields.Repeated`, Decimal("NaN"), surrogates in text).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, DecimalException

import msgspec

from spend.ingest.bodies import BadBody, refuse_overweight
from spend.ingest.fields import Repeated

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_LONGEST_INTEGER = 400
_BOM = b"\xef\xbb\xbf"
_NOT_A_NUMBER = Decimal("NaN")


@dataclass(frozen=True)
class Unreadable:
    """A line that is no JSON."""

    sentence: str


def decode_text(text: bytes) -> object:
    """Return the value of a JSON text; raise BadBody where it is none."""
    text = text.removeprefix(_BOM)
    refuse_overweight(text)
    try:
        value = _decoder.decode(text)
        if _has_no_repeated_keys(text, value):
            return value
        del value  # before all of it is read again
    except (ValueError, ArithmeticError, RecursionError):
        pass
    return _decode_slowly(text)


def decode_lines(text: bytes) -> list[object]:
    """Return the values of NDJSON; a line that is no JSON becomes `Unreadable`."""
    text = text.removeprefix(_BOM)
    refuse_overweight(text, lines=True)
    try:
        values = _decoder.decode_lines(text)
        if _has_no_repeated_keys(text, values):
            return values
        del values
    except (ValueError, ArithmeticError, RecursionError):
        pass
    return _line_by_line(text)


def _line_by_line(text: bytes) -> list[object]:
    return [decode_line(line) for line in text.split(b"\n") if line.strip()]


def decode_line(line: bytes) -> object:
    try:
        return decode_text(line)
    except BadBody as error:
        return Unreadable(error.sentence)


def _has_no_repeated_keys(text: bytes, value: object) -> bool:
    """Whether certainly no key is there twice.

    Every key in the text has a quote before its colon, and where no blank can stand between the two, the number of
    `":` is at least the number of keys. Text values may add to it, nothing takes away: equal counts are proof.
    """
    if any(blank in text and blank + b":" in text for blank in (b" ", b"\t", b"\n", b"\r")):
        return False
    in_text = text.count(b'":')
    return in_text == _number_of_outer_keys(value) or in_text == _number_of_keys(value)


def _number_of_outer_keys(value: object) -> int:
    """Count quickly, without what is nested in the items: never too many, and exact where nothing is nested."""
    if type(value) is list:
        return sum(map(len, value)) if set(map(type, value)) == {dict} else 0
    if type(value) is dict:
        return len(value) + sum(_number_of_outer_keys(entry) for entry in value.values() if type(entry) is list)
    return 0


def _number_of_keys(value: object) -> int:
    keys = 0
    rest: list[object] = [value]
    while rest:
        part = rest.pop()
        if type(part) is dict:
            keys += len(part)
            rest += [entry for entry in part.values() if type(entry) is dict or type(entry) is list]
        elif type(part) is list:
            rest += part
    return keys


def _decode_slowly(text: bytes) -> object:
    refuse_overweight(text, slowly=True)
    try:
        return json.loads(
            text.decode(),
            object_pairs_hook=_object_of,
            parse_float=_number_of,
            parse_int=_integer_of,
            parse_constant=Decimal,
        )
    except UnicodeDecodeError as error:
        raise BadBody(f"is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise BadBody(f"is not valid JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise BadBody("is nested too deeply") from None


def _object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = Repeated(found)
    times = Counter(name for name, _ in pairs)
    repeated.names = tuple(sorted(name for name in times if times[name] > 1))
    return repeated


def _number_of(text: str) -> Decimal:
    try:
        return Decimal(text)
    except DecimalException:  # an exponent beyond all bounds
        return _NOT_A_NUMBER


def _integer_of(text: str) -> int | Decimal:
    """Return an integer, of absurd length as a Decimal, which takes no quadratic time to read."""
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal(text)
