"""Moments as exports write them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from spend.ingest.people.times import day_in


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+12:00"])
def test_a_moment_beyond_the_calendar_of_the_reporting_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a time such as"):
        day_in(text, "", ZoneInfo("UTC"))
