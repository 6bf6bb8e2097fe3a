"""The sample organisation, small, in the database: what pages and lists are tried on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from audits import sample
from audits.actions.catch_up import catch_up
from audits.sample.generator import generate
from tests.build import have_reference, record

UNTIL = date(2026, 10, 31)
LOADED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)  # October's last tasks are still pending
AT_ONCE = 5_000


def load_sample(*, scale: float, at: datetime = LOADED_AT, until: date = UNTIL) -> None:
    """Write the sample organisation through the doors' actions."""
    have_reference((Path(sample.__file__).parent / "organisation.yaml").read_text(), at=at)
    for name, records in asdict(generate(until, scale=scale)).items():
        for start in range(0, len(records), AT_ONCE):
            record(name.removesuffix("s"), *records[start : start + AT_ONCE], at=at)
    catch_up(at=at, today=at.date())
