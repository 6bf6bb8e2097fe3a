"""`true_cost`: the report on a terminal, and the API's own JSON and CSV."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Team, User
from audits.models import LabourRate
from spend.models import Tier

pytestmark = pytest.mark.django_db

FILES = {
    "calls": """\
id,occurred_at,model,provider,task,task_type,cost_usd
c-1,2026-10-01T12:00:00Z,cheap,acme,T1,claim,0.10
c-2,2026-10-02T12:00:00Z,cheap,acme,T2,claim,0.10
c-3,2026-10-02T12:05:00Z,dear,acme,T2,claim,1.50
c-4,2026-10-03T12:00:00Z,dear,acme,T3,reply,
c-5,2026-09-03T12:00:00Z,dear,acme,T4,reply,2.00
""",
    "outcomes": "task,outcome\nT1,success\nT2,success\nT3,failure\nT4,success\n",
    "corrections": "id,worked_on,minutes,role,activity,task,verdict\nk-1,2026-10-05,30,adjuster,fix,T1,amended\n",
    "incidents": "id,title,severity,occurred_on,loss_usd,tasks\ni-1,Wrong,high,2026-10-07,1000.00,T3\n",
}
APPLIED = """
tiers: [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models: [{provider: acme, name: cheap, tier: commodity}, {provider: acme, name: dear, tier: frontier}]
"""


@pytest.fixture
def october(claims: Team, tmp_path: Path) -> None:
    LabourRate.objects.create(role="adjuster", starts_on="2026-01-01", hourly=60)
    (tmp_path / "reference.yaml").write_text(APPLIED)
    call_command("apply", str(tmp_path / "reference.yaml"), stdout=StringIO())
    for kind, text in FILES.items():
        (tmp_path / kind).write_text(text)
        call_command(f"import_{kind}", str(tmp_path / kind), "--team", "Claims", stdout=StringIO())


def printed(*options: str) -> str:
    out = StringIO()
    call_command("true_cost", *options, stdout=out)
    return out.getvalue()


def answered(client: Client, path: str, words: dict[str, str]) -> Any:
    response = client.get(f"/api/v1/reports/{path}?{urlencode(words)}")
    assert response.status_code == 200
    return response


ASKED = [
    {"from": "2026-10"},
    {"from": "2026-09", "to": "2026-10", "by": "month,tier", "lens": "route"},
    {"from": "2026-10", "by": "model", "team": "Claims", "tier": "frontier"},
    {"from": "2026-10", "by": "route", "task_type": "claim", "basis": "reported"},
]


@pytest.mark.parametrize("words", ASKED)
def test_json_and_csv_are_those_of_the_api(october: None, client: Client, ada: User, words: dict[str, str]) -> None:
    client.force_login(ada)
    options = [f"--{name.replace('_', '-')}={value}" for name, value in words.items()]
    ours = json.loads(printed(*options, "--format=json"))
    theirs = answered(client, "true-cost", words).json()
    assert ours.pop("as_of") <= theirs.pop("as_of")
    assert ours == theirs
    assert ours["rows"]
    assert printed(*options, "--format=csv").encode() == answered(client, "true-cost.csv", words).content


def test_the_table_has_figures_a_total_and_what_is_not_known(october: None) -> None:
    lines = printed("--from", "2026-10").splitlines()
    assert lines[0] == "True cost per successful task: 2026-10, by tier, responsible lens, restated, in USD"
    rows = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert rows["commodity"][:4] == ["1", "1", "0.20", "30.20"]
    assert rows["frontier"][:4] == ["2", "1", "1.50*", "1,001.50"]
    assert rows["Total"][:6] == ["3", "2", "1.70*", "1,031.70", "0.5667", "515.85"]
    assert "* Incomplete: 1 call without a price, in no cost." in lines
    assert "Incidents: 1 incident of $1,000.00 in the true cost, not in its interval." in lines
    assert any(line.startswith("Coverage: 75.0% of calls priced, 100.0% of tasks judged") for line in lines)
    assert max(map(len, lines)) <= 120


def test_a_month_without_anything_is_a_table_too(db: None) -> None:
    assert "Total" in printed("--from", "2026-01")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--from", "October"], "from: must be a month like 2026-10"),
        (["--by", "colour"], "by: 'colour' is not one of"),
        (["--lens", "x"], "lens: must be one of"),
        (["--from", "2026-10", "--to", "2026-09"], "to: is before from"),
        (["--team", "Nobody"], "no such team: 'Nobody'"),
    ],
)
def test_what_cannot_be_answered_is_said(db: None, options: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        printed(*options)


def test_a_tier_may_be_asked_for_twice(october: None) -> None:
    Tier.objects.create(name="mid", from_blended=1)
    both = json.loads(printed("--from=2026-10", "--tier=mid", "--tier=frontier", "--format=json"))
    assert [row["tier"] for row in both["rows"]] == ["frontier"]


@pytest.mark.parametrize("kind", ["xlsx", "pdf", "csv"])
def test_files_are_written_where_it_is_said(
    october: None, client: Client, ada: User, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / f"report.{kind}"
    assert printed("--from=2026-10", f"--format={kind}", f"--output={file}") == ""
    client.force_login(ada)
    theirs = answered(client, f"true-cost.{kind}", {"from": "2026-10"}).content
    assert file.read_bytes()[:4] == theirs[:4]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--format=pdf"], "--format pdf needs --output FILE"),
        (["--format=csv", "--output=/no/such/folder/report.csv"], "cannot write /no/such/folder/report.csv: No such"),
    ],
)
def test_a_file_that_cannot_be_written_is_said(db: None, options: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        printed("--from=2026-10", *options)
