"""`import_corrections` and `import_incidents`: human records from files, with the entries they cause."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from msgspec.structs import replace

from accounts.models import Team
from audits.models import Correction, Entry, Incident, LabourRate
from spend.actions.mappings import save_mapping
from spend.ingest.people.profile import default_profile
from tests.cast import NOON

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
REVIEWS = """\
id,state,submitted_at,pull request
1,APPROVED,2026-10-05T09:00:00Z,a/b#1
2,CHANGES_REQUESTED,2026-10-05T10:00:00Z,a/b#2
3,COMMENTED,2026-10-05T10:00:00Z,a/b#2
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


def test_an_export_is_read_by_its_profile(run: Run) -> None:
    told = run("import_corrections", REVIEWS, "--profile", "github", "--role", "adjuster")
    assert told == "1 left out: COMMENTED is left out.\ncorrections: 2 new, 0 duplicates, 0 bad.\n"
    assert {one.task_name: one.verdict for one in Correction.objects.all()} == {"a/b#1": "accepted", "a/b#2": "amended"}


def test_the_same_export_again_counts_once_and_an_edited_row_is_the_next_version(run: Run) -> None:
    jira = "Key,Worklog ID,Started,Time Spent,Updated\nT1,1,2026-10-05,30m,{}\n"
    options = ("--profile", "jira", "--role", "adjuster")
    run("import_corrections", jira.format("2026-10-05"), *options)
    assert "0 new, 1 duplicates" in run("import_corrections", jira.format("2026-10-05"), *options)
    run("import_corrections", jira.format("2026-10-06").replace("30m", "1h"), *options)
    assert posted() == 60_000_000_000


def test_an_edited_row_without_a_time_of_change_is_a_conflict(run: Run) -> None:
    jira = "Key,Worklog ID,Started,Time Spent\nT1,1,2026-10-05,{}\n"
    run("import_corrections", jira.format("30m"), "--profile", "jira", "--role", "adjuster")
    with pytest.raises(CommandError):
        run("import_corrections", jira.format("1h"), "--profile", "jira", "--role", "adjuster")
    assert posted() == 30_000_000_000


def test_the_mapping_that_is_stored_for_the_team_is_used(run: Run, claims: Team) -> None:
    profile = replace(default_profile("github"), verdicts={"approved": "rejected"}, role="adjuster")
    save_mapping(kind="github", team=claims, rules=profile, by="ada", at=NOON)
    run(
        "import_corrections", "id,state,submitted_at,pull request\n1,approved,2026-10-05,a/b#1\n", "--profile", "github"
    )
    assert Correction.objects.get().verdict == "rejected"
