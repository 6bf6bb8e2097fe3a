"""A source is silent when it pauses for longer than it ever did; what is usual is its own."""

from __future__ import annotations

import pytest

from audits.domain.silence import Silence, silence

WORKING_DAYS = [1, 1, 1, 1, 1, 0, 0] * 3


@pytest.mark.parametrize(
    ("calls", "found"),
    [
        ([3] * 10, None),
        ([3] * 9 + [0], None),  # today is not over
        ([3] * 8 + [0, 0], Silence(2, 1)),
        ([*WORKING_DAYS, 0], None),  # Monday, not yet
        ([*WORKING_DAYS, 0, 0], Silence(4, 3)),
        ([1, 0, 0, 0, 0, 0, 0] * 4, None),  # four days say nothing of what is usual
        ([1, 0, 0, 0, 0, 0, 0] * 5, None),  # once a week
        ([1, 0, 0, 0, 0, 0, 0] * 5 + [0, 0], Silence(8, 7)),
        ([0] * 30, None),
        ([], None),
    ],
)
def test_silence_is_held_against_the_longest_pause(calls, found) -> None:
    assert silence(calls) == found
