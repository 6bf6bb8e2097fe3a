"""When work was done and how long it took, as exports write it: read where it means one thing, else a ValueError.

An instant with an offset is of the day it was in the reporting zone; one without is taken as it stands.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from zoneinfo import ZoneInfo

from spend.ingest.human_cells import read_day, read_minutes
from spend.ingest.people.profile import Unit

# Versions count the seconds since then: they rise with every change, and stay below LATEST_VERSION until 2051.
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_SHAPES = (
    "%d/%b/%y %I:%M %p", "%d/%b/%Y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%Y %H:%M", "%d/%b/%y", "%d/%b/%Y",
    "%b %d, %Y %I:%M %p", "%b %d, %Y, %I:%M %p", "%d %b %Y %H:%M", "%d %b %y %H:%M",
)  # fmt: skip
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"\s?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
)
_CLOCK = re.compile(r",? +[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp][Mm])?$")
_UNIX = re.compile(r"[0-9]{10}(?:[0-9]{3})?")

_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,9})?")
_WORDED = re.compile(
    r"(?:([0-9.]{1,9})\s*w(?:eeks?)?)?\s*(?:([0-9.]{1,9})\s*d(?:ays?)?)?\s*(?:([0-9.]{1,9})\s*h(?:rs?|ours?)?)?\s*"
    r"(?:([0-9.]{1,9})\s*m(?:ins?|inutes?)?)?\s*(?:([0-9.]{1,9})\s*s(?:ecs?|econds?)?)?",
    re.I,
)
_WEIGHTS = (Decimal(5 * 8 * 60), Decimal(8 * 60), Decimal(60), Decimal(1))  # Jira's days have 8 hours, its weeks 5 days
_PLACES = Decimal("0.0001")
_TIME_WANTED = "must be a time such as 2026-10-05 14:30"
_NUMBER_WANTED = "must be a number of {0} such as 90"


def day_in(text: str, order: str, zone: ZoneInfo) -> str:
    """Return the day as 2026-10-05; `order` is of `read_day`."""
    if (when := _instant(text, zone)) is not None:
        try:
            return when.astimezone(zone).date().isoformat()
        except OverflowError:  # at an end of the calendar
            raise ValueError(_TIME_WANTED) from None
    return read_day(_CLOCK.sub("", text.strip()), order)


def version_at(text: str, zone: ZoneInfo) -> int:
    """Return the version of what was changed then: a later change has a higher one."""
    when = _instant(text, zone)
    if when is None:
        try:
            when = datetime.fromisoformat(read_day(text)).replace(tzinfo=zone)
        except ValueError:
            raise ValueError(_TIME_WANTED) from None
    return max(1, int((when - EPOCH).total_seconds()) + 1)


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    text = text.strip()
    try:
        if _UNIX.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        if found := _ISO.fullmatch(text):
            offset = {None: "", "UTC": "+00:00", "Z": "+00:00"}.get(found[3], found[3] or "")
            when = datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}")
            return when if when.tzinfo else when.replace(tzinfo=zone)
    except ValueError:
        return None
    for shape in _SHAPES:
        try:
            return datetime.strptime(text, shape).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def minutes_in(text: str, unit: Unit, heading: str) -> str:
    """Return minutes as the wire has them, half even at its four places."""
    text = text.strip()
    if unit == "by heading":
        unit = _unit_of(heading)
    if unit == "words":
        return _worded(text)
    if not _NUMBER.fullmatch(text):
        if re.search(r"[a-zA-Z:]", text):
            return _worded(text)  # who says hours and writes 1h 30m means these
        raise ValueError(_NUMBER_WANTED.format(unit))
    number = Decimal(text.replace(",", "."))
    return _told({"seconds": number / 60, "minutes": number, "hours": number * 60}[unit])


def _unit_of(heading: str) -> Unit:
    said = heading.casefold()
    if "sec" in said:
        return "seconds"
    if "hour" in said or "(h)" in said or "hrs" in said:
        return "hours"
    return "minutes" if "min" in said else "words"


def _worded(text: str) -> str:
    """Read `1d 2h 30m`; what has no letters as people write it in spreadsheets: 90, 1:30."""
    found = _WORDED.fullmatch(text)
    if found is None or not any(found.groups()):
        return read_minutes(text)
    try:
        parts = [Decimal(part or 0) for part in found.groups()]
    except ArithmeticError:
        return read_minutes(text)
    return _told(sum((part * weight for part, weight in zip(parts, _WEIGHTS, strict=False)), parts[-1] / 60))


def _told(minutes: Decimal) -> str:
    with localcontext() as context:
        context.prec = 40
        return f"{minutes.quantize(_PLACES, ROUND_HALF_EVEN).normalize():f}"
