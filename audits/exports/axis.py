"""The marks of an axis that begins at 0."""

from __future__ import annotations

_STEPS = (1, 2, 5, 10)
_MARKS = 5


def ticks(longest: int) -> tuple[list[int], int]:
    """Return round marks from 0 on, and the end of the axis: the first mark not below `longest`."""
    if longest <= 0:
        return [0], 1
    scale = 10 ** max(len(str(longest // _MARKS)) - 1, 0)
    step = next(scale * each for each in (*_STEPS, 20) if scale * each * _MARKS >= longest)
    count = -(-longest // step)
    return [step * at for at in range(count + 1)], step * count
