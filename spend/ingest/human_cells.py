"""Days and minutes as people write them in spreadsheets: read where they can mean one thing only, else a ValueError.

The sentence follows the field's name, as those of `fields` do. What comes out is what the wire would carry.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

DAY_FIRST, MONTH_FIRST = "day", "month"
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")  # where dots are written, the day comes first
_SLASHED = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})(?: [0-9:]+)?")
_NAMED = ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y", "%d. %B %Y")
_AMBIGUOUS = "may be {0} or {1}: say above which comes first, or write {0}"
_DAY_WANTED = "must be a day such as 2026-10-05"

_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::00)?")
_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_HOURS_MINUTES = re.compile(
    rf"(?:({_NUMBER})\s*(?:h|hrs?|hours?|std))?\s*(?:({_NUMBER})\s*(?:m|min|mins|minutes?))?", re.I
)
_PLAIN = re.compile(_NUMBER)
_THOUSANDS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
_MINUTES_WANTED = "must be minutes such as 45, 7.5, 1:30 or 1.5 h"


def read_day(text: str, order: str = "") -> str:
    """Return the day as 2026-10-05. `order` says what 05/10/2026 means: day or month first; nothing: it is doubtful."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHED.fullmatch(text):
        return _slashed(int(found[4]), int(found[1]), int(found[3]), order)
    for form in _NAMED:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    raise ValueError(_DAY_WANTED)


def _slashed(year: int, first: int, second: int, order: str) -> str:
    if order == DAY_FIRST or (first > 12 and not order):
        return _day(year, second, first)
    if order == MONTH_FIRST or second > 12 or first == second:
        return _day(year, first, second)
    raise ValueError(_AMBIGUOUS.format(_day(year, second, first), _day(year, first, second)))


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError(_DAY_WANTED) from None


def read_minutes(text: str, *, in_hours: bool = False) -> str:
    """Return minutes as the wire has them. 1:30 is 90; a plain number is minutes, or hours where `in_hours`."""
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        return _told(Decimal(found[1]) * 60 + Decimal(found[2]))
    if _PLAIN.fullmatch(text):
        if _THOUSANDS.fullmatch(text) and "," in text:
            raise ValueError(f"may be {text.replace(',', '')} or {text.replace(',', '.')}: write it without a comma")
        return _told(_number(text) * (60 if in_hours else 1))
    found = _HOURS_MINUTES.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        raise ValueError(_MINUTES_WANTED)
    return _told(_number(found[1] or "0") * 60 + _number(found[2] or "0"))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _told(minutes: Decimal) -> str:
    return f"{minutes.normalize():f}"
