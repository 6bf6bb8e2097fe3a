"""Settings pages: who gets in, and that saving supersedes, validates and computes again as `apply` does."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.actions import create_key
from accounts.models import ApiKey, Membership, Team, User
from audits.models import FixedCost, LabourRate
from config.reference import apply
from spend.domain.reference.changed import Changed
from spend.domain.reference.parse import parse
from spend.domain.reference.records import ALWAYS
from spend.models import Llm, LlmTier, Price, TaskType, Tier
from tests.cast import NOON, PASSWORD

pytestmark = pytest.mark.django_db

REFERENCE = """
labour_rates: [{role: adjuster, hourly: 68.50, from: 2026-01-01}]
tiers:        [{name: frontier, from_blended: 4.00}, {name: mid, from_blended: 0.75}]
models:       [{provider: openai, name: gpt-5, tier: frontier, aliases: [five],
                prices: [{from: 2025-08-07, input: 1.25, output: 10.00}]}]
task_types:   [{name: claim, manual_minutes: 30, role: adjuster}]
fixed_costs:  [{name: GPU lease, from: 2026-01-01, to: 2027-03-01, amount: 100, model: gpt-5}]
"""
DATA = ["spend/tier", "spend/llm", "spend/price", "spend/tasktype", "audits/labourrate", "audits/fixedcost"]
PEOPLE = ["accounts/user", "accounts/team", "accounts/apikey"]


@pytest.fixture(autouse=True)
def _reference(claims: Team) -> None:
    apply(parse(REFERENCE)[0], at=NOON)
    create_key(name="gateway", scopes=["read"], team=claims, at=NOON)


@pytest.fixture
def restated(monkeypatch: pytest.MonkeyPatch) -> list[Changed]:
    """What was to be computed again."""
    seen: list[Changed] = []

    def note(changed: Changed, *, at: datetime) -> None:
        seen.append(changed)

    monkeypatch.setattr("config.admin_site.restate", note)
    return seen


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def first_of(where: str) -> int:
    _, model = where.split("/")
    models = {"tier": Tier, "llm": Llm, "price": Price, "tasktype": TaskType, "labourrate": LabourRate,
              "fixedcost": FixedCost, "user": User, "team": Team, "apikey": ApiKey}  # fmt: skip
    row: Any = models[model].objects.first()  # type: ignore[attr-defined]
    return int(row.pk)


@pytest.mark.parametrize("where", DATA + PEOPLE)
@pytest.mark.parametrize("who", ["ada", "fiona", "lena", "victor"])
def test_only_administrators_and_finance_get_in(request: pytest.FixtureRequest, where: str, who: str) -> None:
    client = as_(request.getfixturevalue(who))
    opens = who == "ada" or (who == "fiona" and where in DATA)
    addresses = [f"/admin/{where}/", f"/admin/{where}/?q=x", f"/admin/{where}/{first_of(where)}/change/"]
    assert [client.get(address).status_code for address in addresses] == [200 if opens else 403] * 3


@pytest.mark.parametrize("where", ["spend/price", "accounts/apikey"])
def test_prices_and_keys_cannot_be_added_or_edited(ada: User, where: str) -> None:
    client = as_(ada)
    assert client.get(f"/admin/{where}/add/").status_code == 403
    assert client.post(f"/admin/{where}/{first_of(where)}/change/", {"name": "x"}).status_code == 403


@pytest.mark.parametrize("where", DATA + PEOPLE)
def test_nothing_can_be_deleted(ada: User, where: str) -> None:
    assert as_(ada).post(f"/admin/{where}/{first_of(where)}/delete/", {"post": "yes"}).status_code == 403


def test_strangers_are_sent_to_the_log_in_page(client: Client) -> None:
    response = client.get("/admin/spend/tier/")
    assert response.status_code == 302
    assert client.get(response.headers["Location"]).headers["Location"] == "/login/?next=/admin/spend/tier/"


def test_a_superuser_gets_in() -> None:
    assert as_(User.objects.create_superuser("root", password=PASSWORD)).get("/admin/").status_code == 200


@pytest.mark.parametrize("where", ["spend/tier", "spend/llm", "audits/labourrate", "accounts/user"])
def test_the_pages_to_add_open(ada: User, where: str) -> None:
    assert as_(ada).get(f"/admin/{where}/add/").status_code == 200


def inlines(**prefixes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the fields of inline forms that only add."""
    fields: dict[str, Any] = {}
    for prefix, rows in prefixes.items():
        fields |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(rows):
            fields |= {f"{prefix}-{number}-{key}": value for key, value in row.items()}
    return fields


def save(user: User, where: str, row: int | None, data: dict[str, Any]) -> None:
    response = as_(user).post(f"/admin/{where}/" + (f"{row}/change/" if row else "add/"), data)
    errors = response.context["errors"] if response.status_code == 200 else ""
    assert (response.status_code, str(errors)) == (302, "")


def refused(user: User, where: str, row: int | None, data: dict[str, Any]) -> str:
    response = as_(user).post(f"/admin/{where}/" + (f"{row}/change/" if row else "add/"), data)
    assert response.status_code == 200
    return response.content.decode()


PRICE = {"service_tier": "default", "starts_on": "2025-08-07", "context_over": "0", "input": "1", "output": "8"}


def test_a_price_of_the_same_start_supersedes(fiona: User, restated: list[Changed]) -> None:
    llm = Llm.objects.get()
    save(fiona, "spend/llm", llm.pk, {"aliases": "five", **inlines(tiers=[], prices=[PRICE])})
    old, new = Price.objects.order_by("pk")
    assert old.superseded_at is not None
    assert (new.source, new.service_tier, new.input, new.superseded_at) == ("contract", "standard", Decimal(1), None)
    assert Changed(prices={llm.pk: date(2025, 8, 7)}) in restated
    assert LogEntry.objects.get().user == fiona


def test_a_bad_price_is_refused(fiona: User) -> None:
    llm = Llm.objects.get().pk
    endless = {**PRICE, "ends_on": "2025-08-07"}
    assert "price_ends_after_it_starts" in refused(fiona, "spend/llm", llm, inlines(tiers=[], prices=[endless]))
    gift = {**PRICE, "free": "on"}
    assert "cannot be free and cost" in refused(fiona, "spend/llm", llm, inlines(tiers=[], prices=[gift]))
    assert Price.objects.count() == 1


def test_a_new_model_comes_with_its_tier_and_price(fiona: User, restated: list[Changed]) -> None:
    tier = {"tier": Tier.objects.get(name="mid").pk, "starts_on": "2026-01-01"}
    data = {"provider": "own", "name": "llama", "hosting": "self_hosted", **inlines(tiers=[tier], prices=[PRICE])}
    save(fiona, "spend/llm", None, data)
    llm = Llm.objects.get(name="llama")
    assert (llm.hosting, llm.prices.count(), llm.tiers.get().tier.name) == ("self_hosted", 1, "mid")
    assert Changed(tiers={llm.pk: date(2026, 1, 1)}) in restated


def test_a_tier_by_hand_takes_the_place_of_the_derived_one(fiona: User) -> None:
    LlmTier.objects.update(derived=True)
    tier = {"tier": Tier.objects.get(name="mid").pk, "starts_on": ALWAYS.isoformat()}
    save(fiona, "spend/llm", Llm.objects.get().pk, {"aliases": "", **inlines(tiers=[tier], prices=[])})
    row = LlmTier.objects.get()
    assert (row.tier.name, row.derived) == ("mid", False)
    assert Llm.objects.get().aliases == []  # on the page, the list of aliases is the whole list


def test_a_price_can_be_withdrawn(fiona: User, restated: list[Changed]) -> None:
    price = Price.objects.get()
    data = {"action": "withdraw", "_selected_action": [price.pk]}
    assert as_(fiona).post("/admin/spend/price/", data).status_code == 302
    assert Price.objects.get().superseded_at is not None
    assert restated == [Changed(prices={price.llm_id: price.starts_on})]


def test_a_rate_is_computed_from_a_salary(fiona: User, restated: list[Changed]) -> None:
    data = {"role": "analyst", "starts_on": "2026-01-01", "salary": "150000", "overhead": "0.30"}
    assert "A salary needs them." in refused(fiona, "audits/labourrate", None, data)
    save(fiona, "audits/labourrate", None, {**data, "productive_hours": "1700"})
    assert LabourRate.objects.get(role="analyst").hourly == Decimal("114.705882353")
    assert restated == [Changed(rates={"analyst": date(2026, 1, 1)})]


def test_a_rate_needs_an_amount(fiona: User) -> None:
    assert "Give this, or a salary" in refused(fiona, "audits/labourrate", first_of("audits/labourrate"), {})


def test_a_second_rate_of_the_same_start_is_refused(fiona: User) -> None:
    data = {"role": "adjuster", "starts_on": "2026-01-01", "hourly": "1"}
    assert "one_rate_per_role_and_start" in refused(fiona, "audits/labourrate", None, data)


def test_a_fixed_cost_is_changed_in_place(fiona: User, restated: list[Changed]) -> None:
    cost = FixedCost.objects.get()
    data = {"kind": "compute", "amount": "120", "starts_on": "2026-01-01", "ends_on": "2027-03-01", "llm": cost.llm_id}
    save(fiona, "audits/fixedcost", cost.pk, {**data, "name": "cannot be changed"})
    cost.refresh_from_db()
    assert (cost.name, cost.amount) == ("GPU lease", Decimal(120))
    assert restated == [Changed(fixed_costs=frozenset({cost.identity}))]
    assert "on a day of its period" in refused(
        fiona, "audits/fixedcost", cost.pk, {**data, "abandoned_on": "2027-03-01"}
    )


def test_what_is_saved_unchanged_concerns_nobody(fiona: User, restated: list[Changed]) -> None:
    save(fiona, "spend/tasktype", first_of("spend/tasktype"), {"manual_minutes": "30", "role": "adjuster"})
    assert restated == [Changed()]


def test_an_administrator_adds_people_and_puts_them_in_teams(ada: User, claims: Team) -> None:
    password = {"usable_password": "true", "password1": "a long phrase 17", "password2": "a long phrase 17"}
    data = {"username": "nora", "role": "team_lead", **password}
    save(ada, "accounts/user", None, {**data, **inlines(memberships=[{"team": claims.pk}])})
    nora = User.objects.get(username="nora")
    if not nora.memberships.exists():  # Django shows inlines only once the person is there
        data = {"username": "nora", "role": "team_lead", "is_active": "on"}
        save(ada, "accounts/user", nora.pk, {**data, **inlines(memberships=[{"team": claims.pk}])})
    assert list(Membership.objects.filter(user=nora).values_list("team__name", flat=True)) == ["Claims"]
    assert Client().login(username="nora", password="a long phrase 17")


def test_an_administrator_revokes_keys(ada: User) -> None:
    key = ApiKey.objects.get()
    page = as_(ada).get("/admin/accounts/apikey/").content.decode()
    assert "create_key" in page
    assert key.secret_digest not in as_(ada).get(f"/admin/accounts/apikey/{key.pk}/change/").content.decode()
    as_(ada).post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    assert ApiKey.objects.get().revoked_at is not None
