"""A regular expression that names a task in other text, of a kind that cannot run away.

Written by people, run over text that strangers write: so it is a flat sequence of characters and sets, with exactly one
group, without alternatives, without anything repeated inside a repeat. What it may try is counted before it is taken:
at most MOST_TRIES ways to share out a line of LINE_LENGTH characters. Longer lines are cut, further lines not read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import prod

LINE_LENGTH = 200
MOST_LINES = 20
MOST_TRIES = 50_000  # from each place of a line: two repeats without an end are within it, three are not
PATTERN_LENGTH = 200

# One step: a character, an escape or a set, and how often it may be repeated.
_STEP = re.compile(
    r"(?P<what>\\[dDwWsSbB]|\\[^a-zA-Z0-9]|\[\^?(?:\\[dDwWsS]|\\[^a-zA-Z0-9]|[^\]\\\[])+\]|[^\\\[\](){}|*+?])"
    r"(?P<repeat>[*+?]|\{(?P<least>[0-9]{1,3})(?P<upto>,(?P<most>[0-9]{0,3}))?\})?"
)
_MEANT = "write text, sets such as [A-Z] and \\d, repeats such as + or {1,9}, and one group in ( )"


class BadPattern(ValueError):
    """The sentence follows the field's name, as those of `fields` do."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern, ready to search. Raises BadPattern."""
    if len(pattern) > PATTERN_LENGTH:
        raise BadPattern(f"must have at most {PATTERN_LENGTH} characters")
    if _tries(pattern) > MOST_TRIES:
        raise BadPattern("may try too much: at most two repeats without an end; write {1,9} where a few are meant")
    try:
        return re.compile(pattern)
    except (re.error, OverflowError) as problem:
        raise BadPattern(f"is no pattern: {problem}") from None


def _tries(pattern: str) -> int:
    """Return in how many ways its repeats can share a line, at most."""
    place, groups, depth, choices = 0, 0, 0, []
    while place < len(pattern):
        if pattern[place] in "()":
            depth += 1 if pattern[place] == "(" else -1
            groups += pattern[place] == "("
            if depth not in (0, 1):
                break
            place += 1
            continue
        step = _STEP.match(pattern, place)
        if step is None:
            raise BadPattern(f"cannot have {pattern[place]!r} at character {place + 1}: {_MEANT}")
        choices.append(_choices(step))
        place = step.end()
    if groups != 1 or depth:
        raise BadPattern("must have exactly one group: ( ) around the part that names the task")
    return prod(choices)


def _choices(step: re.Match[str]) -> int:
    repeat, least, most = step["repeat"], int(step["least"] or 0), step["most"]
    if repeat is None or (step["least"] and not step["upto"]):
        return 1
    if repeat == "?":
        return 2
    return (int(most) - least + 1 if most else LINE_LENGTH) or 1


def found_in(pattern: str, text: str) -> str | None:
    """Return what the group of the first match holds, None where no line has one."""
    search = compiled(pattern).search
    for line in text.splitlines()[:MOST_LINES]:
        if (found := search(line[:LINE_LENGTH])) and found[1].strip():
            return found[1].strip()
    return None
