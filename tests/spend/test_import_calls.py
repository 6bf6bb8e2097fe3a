"""`import_calls` and `import_outcomes`: files in, all or nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Team
from spend.models import Call, DirtySlice, Llm, Outcome, Task, TaskType

pytestmark = pytest.mark.django_db

HEADER = "id,occurred_at,model,task,task_type,input_tokens,output_tokens"
GOOD = [f"c-{n},2026-10-0{n}T12:00:00Z,gpt-9,T{n},claim,{n}00,10" for n in range(1, 6)]
BAD = "c-6,2026-10-06T12:00:00Z,gpt-9,T6,claim,minus one,10"

Run = Callable[..., str]


@pytest.fixture
def run(claims: Team, tmp_path: Path) -> Run:
    """Import lines for Claims; return what was printed."""

    def run(lines: list[str], *options: str, command: str = "import_calls", team: str | None = "Claims") -> str:
        file, out = tmp_path / "lines", StringIO()
        file.write_text("\n".join(lines) + "\n")
        whose = ["--team", team] if team else []
        call_command(command, str(file), *whose, *options, stdout=out, stderr=out)
        return out.getvalue()

    return run


def refused(run: Run, *arguments: object, **options: object) -> CommandError:
    with pytest.raises(CommandError) as caught:
        run(*arguments, **options)
    return caught.value


def test_it_writes_every_line_and_counts(run: Run) -> None:
    assert run([HEADER, *GOOD]) == "calls: 5 new, 0 duplicates, 0 bad.\n"
    assert sorted(Call.objects.values_list("external_id", "input_tokens")) == [(f"c-{n}", n * 100) for n in range(1, 6)]
    assert Task.objects.count() == 5
    assert DirtySlice.objects.exists()


@pytest.mark.parametrize("batch", ["1", "2", "5000"])
def test_the_size_of_a_batch_changes_nothing(run: Run, batch: str) -> None:
    assert run([HEADER, *GOOD, GOOD[0]], "--batch", batch) == "calls: 5 new, 1 duplicates, 0 bad.\n"


def test_a_second_time_all_are_duplicates(run: Run) -> None:
    run([HEADER, *GOOD])
    assert run([HEADER, *GOOD]) == "calls: 0 new, 5 duplicates, 0 bad.\n"
    assert Call.objects.count() == 5


@pytest.mark.parametrize("batch", ["1", "5000"])
def test_one_bad_line_and_nothing_is_written(run: Run, batch: str) -> None:
    problem = refused(run, [HEADER, *GOOD[:3], BAD, *GOOD[3:]], "--batch", batch)
    assert str(problem) == (
        "Nothing was written. calls: 5 new, 0 duplicates, 1 bad. --keep-good writes the good lines."
    )
    assert problem.returncode == 1
    for model in (Call, Task, Llm, TaskType, DirtySlice):
        assert not model.objects.exists()


def test_after_a_bad_file_the_mended_one_goes_in(run: Run) -> None:
    refused(run, [HEADER, *GOOD, BAD])
    assert run([HEADER, *GOOD, BAD.replace("minus one", "1")]) == "calls: 6 new, 0 duplicates, 0 bad.\n"


def test_keep_good_writes_the_rest_and_still_exits_with_an_error(run: Run) -> None:
    problem = refused(run, [HEADER, BAD, *GOOD], "--keep-good", "--batch", "2")
    assert str(problem) == "calls: 5 new, 0 duplicates, 1 bad. Only the good lines were written."
    assert problem.returncode == 2
    assert Call.objects.count() == 5


def test_bad_lines_are_named_and_all_go_to_the_file_of_errors(run: Run, claims: Team, tmp_path: Path) -> None:
    errors, source, shown = tmp_path / "errors.ndjson", tmp_path / "lines.csv", StringIO()
    source.write_text("\n".join([HEADER, GOOD[0], *[BAD] * 25]))
    with pytest.raises(CommandError):
        call_command("import_calls", str(source), "--team", "Claims", "--errors", str(errors), stderr=shown)
    assert shown.getvalue().splitlines()[0] == "line 3 (c-6): input_tokens must be a whole number, not text"
    assert len(shown.getvalue().splitlines()) == 21
    written = [json.loads(line) for line in errors.read_text().splitlines()]
    assert [problem["line"] for problem in written] == list(range(3, 28))
    assert written[0] == {"line": 3, "id": "c-6", "errors": {"input_tokens": ["must be a whole number, not text"]}}


def test_a_conflict_is_a_bad_line(run: Run) -> None:
    run([HEADER, *GOOD])
    changed = GOOD[0].replace("T1", "T9")
    assert "1 bad" in str(refused(run, [HEADER, changed]))
    assert "4 duplicates, 1 bad" in str(refused(run, [HEADER, changed, *GOOD[1:]], "--dry-run"))


def test_a_dry_run_says_what_would_happen_and_writes_nothing(run: Run) -> None:
    assert run([HEADER, *GOOD], "--dry-run") == ("Dry run, nothing was written. calls: 5 new, 0 duplicates, 0 bad.\n")
    assert not Call.objects.exists()
    assert not Llm.objects.exists()


def test_lines_may_name_their_teams_instead(run: Run, support: Team) -> None:
    lines = [HEADER + ",team", GOOD[0] + ",Claims", GOOD[1] + ",Support"]
    assert run(lines, team=None) == "calls: 2 new, 0 duplicates, 0 bad.\n"
    assert set(Call.objects.values_list("team__name", flat=True)) == {"Claims", "Support"}
    assert "1 bad" in str(refused(run, lines, "--dry-run", team="Claims"))
    assert "5 bad" in str(refused(run, [HEADER, *GOOD], team=None))


def test_it_reads_packed_ndjson(run: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "calls.ndjson.gz", StringIO()
    record = {
        "id": "c-1",
        "occurred_at": "2026-10-01T12:00:00Z",
        "model": "gpt-9",
        "cost_usd": "0.10",
        "team": "Claims",
    }
    file.write_bytes(gzip.compress(json.dumps(record).encode()))
    call_command("import_calls", str(file), stdout=out)
    assert out.getvalue() == "calls: 1 new, 0 duplicates, 0 bad.\n"
    assert Call.objects.get().cost_nanos == 100_000_000


def test_a_damaged_file_writes_nothing(claims: Team, tmp_path: Path) -> None:
    file, shown = tmp_path / "calls.csv.gz", StringIO()
    file.write_bytes(gzip.compress("\n".join([HEADER, *GOOD]).encode())[:-20])
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_calls", str(file), "--team", "Claims", stderr=shown)
    assert "cannot be unpacked" in shown.getvalue()
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere.csv"], "nowhere.csv: No such file"),
        (["/dev/null", "--team", "Nobody"], "There is no team 'Nobody'. Teams: Claims."),
        (["/dev/null", "--errors", "/nowhere/errors"], "/nowhere/errors: No such file"),
        (["/dev/null", "--batch", "0"], "--batch: must be 1 to"),
        (["/dev/null", "--dry-run", "--keep-good"], "not allowed with"),
    ],
)
def test_what_cannot_be_done_is_said(claims: Team, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("import_calls", *arguments)


def test_outcomes_come_the_same_way(run: Run) -> None:
    lines = ["task,outcome,version", "T1,success,1", "T1,failure,2", "T2,success,1"]
    assert run(lines, command="import_outcomes") == "outcomes: 3 new, 0 duplicates, 0 bad.\n"
    latest = Outcome.objects.filter(latest=True).values_list("task_name", "outcome")
    assert sorted(latest) == [("T1", "failure"), ("T2", "success")]
    assert "1 bad" in str(refused(run, [*lines, "T3,maybe,1"], command="import_outcomes"))
