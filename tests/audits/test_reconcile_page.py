"""The pages, the API and the command of reconciliation: what they show, what is decided there, and by whom."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import Scope, Team, User
from audits.actions.closing import close_month
from audits.models import ProviderTolerance, ReconciliationDecision
from spend.domain.periods import Month
from tests.cast import NOON
from tests.invoices import INVOICE, bill, have_october

LIST = "/reconcile?from=2026-10&to=2026-10"
OPENAI = "/reconcile/2026-10?provider=openai"
API = "/api/v1/reconciliations"
DECISIONS = f"{API}/decisions"
SAID = {"provider": "openai", "month": "2026-10", "choice": "allocate", "reason": "Batch keys are not logged"}


@pytest.fixture(autouse=True)
def october(claims: Team, support: Team) -> None:
    have_october()
    bill(*INVOICE, number="INV-10")


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_list_says_how_each_month_stands_and_what_to_do(fiona: User) -> None:
    context = seen_by(fiona).get(LIST).context
    assert [(row.name, row.state) for row in context["rows"]] == [("acme", "no bill"), ("openai", "reconciled")]
    assert [(str(month), [row.name for row in rows]) for month, rows in context["without_bill"]] == [
        ("2026-10", ["acme"])
    ]
    assert context["wanting"] == []


def test_a_month_leads_from_computed_to_billed_by_its_causes(fiona: User) -> None:
    context = seen_by(fiona).get(OPENAI).context
    assert [(step.label, step.amount) for step in context["steps"]] == [
        ("Computed", 11_000_000_000),
        ("Missing calls", 600_000_000),
        ("Fixed fees", 5_000_000_000),
        ("Billed", 16_600_000_000),
    ]
    assert [step["to"] for step in context["chart_data"]] == [11.0, 11.6, 16.6, 16.6]
    assert [(model, line.kind, line.cell.difference) for model, lines in context["models"] for line in lines] == [
        ("astra", "cache read", 0),
        ("astra", "input", 0),
        ("astra", "output", 600_000_000),
        ("mini", "input", 0),
    ]


def test_figures_lead_to_what_they_are_made_of(fiona: User) -> None:
    page = text_of(seen_by(fiona), OPENAI)
    assert "/calls?from=2026-10&amp;to=2026-10&amp;model=openai%2Fastra" in page
    assert "INV-10" in page


def test_finance_decides_and_decides_again(fiona: User, ada: User) -> None:
    answer = seen_by(fiona).post(OPENAI, {"choice": "leave", "reason": "Wait for November"}, follow=True)
    assert answer.redirect_chain == [("/reconcile/2026-10?provider=openai", 302)]
    seen_by(ada).post(OPENAI, {"choice": "allocate", "reason": "Batch keys are not logged"})
    shown = seen_by(fiona).get(OPENAI).context["decisions"]
    assert [(label, said.by, said.reason) for said, label in shown] == [
        ("Allocate", "ada", "Batch keys are not logged"),
        ("Leave it shown", "fiona", "Wait for November"),
    ]


@pytest.mark.parametrize("said", [{"choice": "allocate"}, {"choice": "burn", "reason": "x"}, {"reason": "x"}])
def test_a_decision_without_choice_or_reason_is_none(fiona: User, said: dict[str, str]) -> None:
    assert seen_by(fiona).post(OPENAI, said).status_code == 400
    assert not ReconciliationDecision.objects.exists()


def test_a_month_without_a_bill_is_not_decided_about(fiona: User) -> None:
    answer = seen_by(fiona).post("/reconcile/2026-10?provider=acme", {"choice": "accept", "reason": "x"})
    assert answer.status_code == 400
    assert "No bill of acme states what 2026-10 cost." in answer.content.decode()


def test_a_closed_month_says_where_a_decision_goes(fiona: User) -> None:
    said = "changes no reported figure of it"
    assert said not in text_of(seen_by(fiona), OPENAI)
    close_month(Month(2026, 10), by=fiona, at=NOON, reason="Acme sends no bills.")
    assert said in text_of(seen_by(fiona), OPENAI)


def test_a_tolerance_is_set_for_all_months_of_a_provider(fiona: User) -> None:
    said = {"tolerance": "set", "absolute": "0.50", "share": "0.25", "rounding": "0.000001"}
    seen_by(fiona).post(OPENAI, said)
    kept = ProviderTolerance.objects.get()
    assert (kept.provider, kept.absolute, str(kept.share), kept.rounding) == ("openai", 500_000_000, "0.002500", 1_000)
    assert seen_by(fiona).get(LIST).context["rows"][1].state == "open"
    for bad in ({"share": "101"}, {"absolute": "9999999999.99"}):
        assert seen_by(fiona).post(OPENAI, {**said, **bad}).status_code == 400


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/reconcile/2026-10?provider=nobody", 404),
        ("/reconcile/2026-10?provider=%00", 404),
        ("/reconcile/2026-13?provider=openai", 404),
        ("/reconcile?from=2026-10&to=2026-09", 400),
        ("/reconcile?from=2020-10&to=2026-09", 400),
        ("/reconcile?from=never", 400),
    ],
)
def test_what_is_not_there_is_said_so(fiona: User, address: str, status: int) -> None:
    assert seen_by(fiona).get(address).status_code == status


def test_who_leads_or_looks_at_a_team_neither_reads_nor_decides(lena: User, victor: User) -> None:
    for person in (lena, victor):
        client = seen_by(person)
        assert [client.get(address).status_code for address in (LIST, OPENAI, API)] == [403, 403, 403]
        assert client.post(OPENAI, {"choice": "accept", "reason": "x"}).status_code == 403
        assert client.post(DECISIONS, SAID, content_type="application/json").status_code == 403
        assert "Reconcile" not in text_of(client, "/report?from=2026-10&to=2026-10&bill=billed")
    assert not ReconciliationDecision.objects.exists()


# -- API and command -----------------------------------------------------------------------------------------------


def with_key(team: Team | None, *scopes: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {create_key(name='k', scopes=scopes, team=team, at=NOON)[1]}")
    return client


def test_a_key_of_all_teams_reads_what_the_page_shows() -> None:
    answer = with_key(None, Scope.READ).get(API, {"from": "2026-10", "to": "2026-10", "provider": "openai"}).json()
    [found] = answer["reconciliations"]
    assert (found["computed_usd"], found["billed_usd"], found["variance_usd"]) == ("11.00", "16.60", "5.60")
    assert {name: amount for name, amount in found["causes"].items() if amount != "0.00"} == {
        "missing_calls_usd": "0.60",
        "fees_usd": "5.00",
    }
    assert found["lines"][2] == {
        "model": "astra", "token_kind": "output", "logged_tokens": 300_000, "billed_tokens": 360_000,
        "computed_usd": "3.00", "billed_usd": "3.60", "causes": found["lines"][2]["causes"],
    }  # fmt: skip
    assert [day["day"] for day in found["days"]] == ["2026-10-05", "2026-10-06", "2026-10-07"]


def test_a_key_decides_nothing_and_one_of_a_team_reads_nothing() -> None:
    claims = Team.objects.get(name="Claims")
    assert with_key(None, *Scope.values).post(DECISIONS, SAID, format="json").status_code == 403
    assert with_key(claims, *Scope.values).get(API).status_code == 403


def test_finance_decides_by_the_api_too(fiona: User) -> None:
    answer = seen_by(fiona).post(DECISIONS, SAID, content_type="application/json")
    assert (answer.status_code, answer.json()["decision"]["choice"]) == (201, "allocate")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"choice": "burn"}, "choice"), ({"month": "October"}, "month"), ({"reason": "  "}, "reason"),
        ({"provider": 7}, "provider"), ({"more": 1}, "more"), ({"provider": "acme"}, "month"),
        ({"reason": "half a \ud800"}, "reason"),
    ],
)  # fmt: skip
def test_a_bad_decision_says_which_field(fiona: User, change: dict[str, Any], field: str) -> None:
    answer = seen_by(fiona).post(DECISIONS, {**SAID, **change}, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_the_command_shows_a_column_a_provider_and_checks() -> None:
    table = printed("2026-10")
    assert [line.split() for line in table.splitlines() if line][:1] == [["2026-10,", "USD", "acme", "openai"]]
    assert "missing calls" in table
    assert json.loads(printed("2026-10", "--format", "json"))["reconciliations"][1]["billed_usd"] == "16.60"
    with pytest.raises(CommandError, match="not reconciled: acme"):
        printed("2026-10", "--check")
    assert printed("2026-10", "--check", "--provider", "openai")
    with pytest.raises(CommandError, match="not a month"):
        printed("October")


def printed(*options: str) -> str:
    out = StringIO()
    call_command("reconcile", *options, stdout=out)
    return out.getvalue()
