"""`import_corrections` and `import_incidents`: human records from files, with the entries they cause."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from accounts.models import Team
from audits.models import Correction, Entry, Incident, LabourRate

pytestmark = pytest.mark.django_db

CORRECTIONS = """\
id;worked_on;minutes;role;activity;task;verdict
k-1;2026-10-05;30;adjuster;fix;T1;amended
k-2;2026-10-06;12;adjuster;review;T2;accepted
"""
INCIDENTS = """\
id,title,severity,occurred_on,loss_usd,recovered_usd,tasks
i-1,Wrong payout,high,2026-10-07,1000.00,250.00,T1:2 T2:1
"""
Run = Callable[..., str]


@pytest.fixture
def run(claims: Team, tmp_path: Path) -> Run:
    LabourRate.objects.create(role="adjuster", starts_on="2026-01-01", hourly=60)

    def run(command: str, text: str, *options: str) -> str:
        file, out = tmp_path / "records.csv", StringIO()
        file.write_text(text)
        call_command(command, str(file), "--team", "Claims", *options, stdout=out, stderr=out)
        return out.getvalue()

    return run


def posted() -> int:
    return Entry.objects.aggregate(total=Sum("amount_nanos"))["total"] or 0


def test_corrections_are_written_with_their_entries(run: Run) -> None:
    assert run("import_corrections", CORRECTIONS) == "corrections: 2 new, 0 duplicates, 0 bad.\n"
    assert Correction.objects.count() == 2
    assert posted() == 42_000_000_000
    assert run("import_corrections", CORRECTIONS) == "corrections: 0 new, 2 duplicates, 0 bad.\n"
    assert posted() == 42_000_000_000


def test_incidents_are_written_with_their_entries(run: Run) -> None:
    assert run("import_incidents", INCIDENTS) == "incidents: 1 new, 0 duplicates, 0 bad.\n"
    assert Incident.objects.get().title == "Wrong payout"
    assert posted() == 750_000_000_000


def test_a_missing_rate_is_a_bad_line_and_nothing_is_written(run: Run) -> None:
    with pytest.raises(CommandError, match="Nothing was written"):
        run("import_corrections", CORRECTIONS + "k-3;2026-10-06;12;surgeon;review;T2;accepted\n", "--batch", "1")
    assert not Correction.objects.exists()
    assert not Entry.objects.exists()


def test_a_dry_run_posts_nothing(run: Run) -> None:
    for command, text in (("import_corrections", CORRECTIONS), ("import_incidents", INCIDENTS)):
        assert run(command, text, "--dry-run").startswith("Dry run, nothing was written.")
    assert not Entry.objects.exists()
