"""`demo` and `load_example`: simulated facts through the ordinary doors, loaded once, said to be simulated."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import authenticate_key
from accounts.models import ApiKey, Role, Team, User
from audits.actions.reports import answer
from audits.domain.example import EqualTasks, month_of
from audits.models import AuditDraw, Correction, Incident
from audits.queries.asking import parse_query
from audits.sample.insurer import AFTER, BEFORE, CLAIMS, COST_AFTER, COST_BEFORE, EXPECTED, LOSS, TEAM
from config.welcome import how_to_sign_in, make_logins
from spend.domain.money import to_nanos
from spend.domain.periods import Month
from spend.models import Call, Installation, Outcome
from tests.cast import NOON

pytestmark = pytest.mark.django_db

Run = Callable[..., str]
FACTS = (Call, Outcome, Correction, Incident, User, ApiKey, Team)


@pytest.fixture
def run(settings: Any, tmp_path: Path) -> Run:
    settings.VAR_DIR = tmp_path

    def run(*arguments: str) -> str:
        out = StringIO()
        call_command(*arguments, stdout=out, stderr=out)
        return out.getvalue()

    return run


def counts() -> list[int]:
    return [model.objects.count() for model in FACTS]


def test_the_demo_loads_once_and_tells_twice(run: Run, tmp_path: Path) -> None:
    first = run("demo", "--scale", "0.02")
    assert "Loaded a simulated year" in first
    assert "Everything here is simulated." in first
    assert "frontier" in first
    assert Installation.objects.get().simulated
    assert Call.objects.count() > 1000
    reviews = Correction.objects.filter(identity__in=AuditDraw.objects.values("review"))
    assert 0 < reviews.count() < AuditDraw.objects.count()  # so that there are silent failures, and a queue
    loaded = counts()
    second = run("demo", "--scale", "0.02")
    assert second.startswith("The sample is loaded already.")
    assert second.splitlines()[-12:] == first.splitlines()[-12:]  # the total, and the same logins and key
    assert counts() == loaded
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_there_is_a_login_for_each_role_and_a_key_that_works(run: Run, tmp_path: Path) -> None:
    printed = run("demo", "--scale", "0.02")
    for role in Role.values:
        (password,) = re.findall(rf"^  {role} +(\S+)$", printed, re.M)
        person = User.objects.get(username=role)
        assert (person.role, person.check_password(password)) == (role, True)
    assert list(User.objects.get(username="viewer").teams.values_list("name", flat=True)) == ["Customer Support"]
    (text,) = re.findall(r"^  (tc_\S+)$", printed, re.M)
    key = authenticate_key(text, NOON)
    assert key is not None
    assert (key.team, len(key.scopes)) == (None, 3)
    (tmp_path / "demo.json").unlink()
    assert "changepassword" in run("demo")


def test_somebody_who_is_there_keeps_their_password(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    Team.objects.create(name="Customer Support")
    User.objects.create_user("finance", password="mine", role=Role.FINANCE)
    make_logins(at=NOON)
    assert User.objects.get(username="finance").check_password("mine")
    assert "  finance" not in how_to_sign_in("http://127.0.0.1:8000")


def test_it_never_mixes_with_real_calls(run: Run, claims: Team, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("id,occurred_at,model\nc-1,2026-10-01T12:00:00Z,gpt-9\n")
    run("import_calls", str(file), "--team", "Claims")
    with pytest.raises(CommandError, match="calls of its own"):
        run("demo")
    assert not Installation.objects.get().simulated
    assert Call.objects.count() == 1


@pytest.mark.slow
def test_the_insurer_prints_the_exact_figures_and_loads_once(run: Run) -> None:
    printed = run("load_example", "insurer")
    for figure in (
        EXPECTED.token_bill_before,
        EXPECTED.token_bill_after,
        EXPECTED.true_cost_after,
        EXPECTED.cost_per_success_before,
        EXPECTED.cost_per_success_after,
        EXPECTED.monthly_saving,
    ):
        assert f"${figure:,}" in printed
    for words in ("19,999", " 1.00 ", "355.17", "$250,000.00 eats 62.5 months"):
        assert words in printed
    assert_page_and_report_agree()
    said = run("decide", "incidents", "--from", str(Month.of(AFTER)), "--team", TEAM)
    assert "from $3,164.73 to $696,455.42 (95 %): 1 incident in 20,000 tasks" in said
    assert "costs $12.5359; without the costliest incident it would be $0.0353, with one more like it $25.0365" in said
    loaded = counts()
    assert run("load_example", "insurer") == printed
    assert counts() == loaded


def assert_page_and_report_agree() -> None:
    """The insurer's page reckons without a database; what the loaded example's report says is the same."""
    for day, cost, wrong in ((BEFORE, COST_BEFORE, 0), (AFTER, COST_AFTER, 1)):
        words = {"from": [str(Month.of(day))], "team": [TEAM]}
        loaded = answer(parse_query(words, teams=None, latest=Month.of(day)), at=timezone.now()).total
        page = month_of(EqualTasks("any", CLAIMS, cost, wrong, to_nanos(LOSS)))
        tokens = {"input_tokens", "output_tokens", "input_tokens_per_task", "latency_p50_ms", "latency_p95_ms"}
        for field in fields(page):
            if field.name not in {"key", "manual_cost_per_task", *tokens}:
                assert getattr(page, field.name) == getattr(loaded, field.name), field.name
