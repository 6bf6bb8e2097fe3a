"""Incidents by page: what is previewed is what is posted, who may do what, and what nobody may see."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role, User
from audits.actions.catch_up import catch_up
from audits.actions.incident_preview import IncidentPreview, Target, preview_incident
from audits.actions.records import record_incidents
from audits.models import Entry, Incident, IncidentLink, TaskState
from audits.queries.incidents import totals_of_incidents
from audits.queries.lists import Listing, incidents_in_short, parse_listing
from spend.ingest.reading import read_item
from spend.ingest.records import Item
from tests.build import have_reference, record
from tests.cast import NOON, make_user

REFERENCE = """
tiers: [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models: [{provider: acme, name: cheap, tier: commodity}, {provider: acme, name: dear, tier: frontier}]
labour_rates: [{role: adjuster, hourly: "68.37", from: 2026-01-01}]
"""
TODAY = NOON.date()
DOLLAR = 10**9


def call(task: str, model: str = "cheap", team: str = "Claims") -> dict[str, Any]:
    return {
        "id": f"call-of-{task}", "occurred_at": "2026-10-05T08:00:00Z", "provider": "acme", "model": model,
        "task": task, "team": team, "cost_usd": "0.25",
    }  # fmt: skip


def incident(**fields: Any) -> dict[str, Any]:
    return {
        "id": "i-1", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-07", "loss_usd": "900",
        "status": "open", "team": "Claims", **fields,
    }  # fmt: skip


@pytest.fixture
def world(claims, support) -> None:
    """Tasks of two teams: T1 and T2 of Claims, cheap and dear; S1 of Support."""
    have_reference(REFERENCE, at=NOON)
    record("call", call("T1"), call("T2", "dear"), call("S1", "dear", "Support"), at=NOON)
    catch_up(at=NOON, today=TODAY)


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(**fields: str) -> dict[str, str]:
    return {
        "client_id": str(uuid4()), "title": "Wrong payout", "severity": "high", "status": "confirmed",
        "occurred_on": "2026-10-07", "discovered_on": "2026-10-09", "loss_usd": "$1,000.01",
        "recovered_usd": "", "response_minutes": "", "role": "", "invalidates_output": "yes", "about": "tasks",
        "names": "T1\t2\r\nT2\r\nT-9", "team": "Claims", "tier": "", "model": "", "note": "", "reason": "",
        **fields,
    }  # fmt: skip


def posted() -> dict[Target, int]:
    sums: dict[Target, int] = {}
    for entry in Entry.objects.filter(source_kind="incident"):
        target = Target(entry.team_id, entry.tier_id, entry.llm_id)
        sums[target] = sums.get(target, 0) + entry.amount_nanos
    return {target: amount for target, amount in sums.items() if amount}


money = st.integers(0, 10**13).map(lambda nanos: f"{nanos // DOLLAR}.{nanos % DOLLAR:09}")
weights = st.integers(0, 5 * DOLLAR).map(lambda nanos: f"{nanos // DOLLAR}.{nanos % DOLLAR:09}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    loss=money,
    recovered=st.floats(0, 1),
    minutes=st.sampled_from(["0", "1", "33.3333", "480"]),
    about=st.sampled_from(["tasks", "calls", "tier", "model", "nothing"]),
    shares=st.lists(weights, min_size=3, max_size=3).filter(lambda each: any(Decimal(one) for one in each)),
    team=st.sampled_from(["Claims", None]),
)
def test_entries_equal_the_preview_to_the_nano_dollar(world, loss, recovered, minutes, about, shares, team) -> None:
    back = (Decimal(loss) * Decimal(recovered)).quantize(Decimal("1E-9"), rounding="ROUND_DOWN")
    subject: dict[str, Any] = {
        "tier": {"tier": "frontier"},
        "model": {"model": "acme/cheap"},
        "nothing": {},
    }.get(about) or ({about: _links(about, shares)} if about in ("tasks", "calls") else {})
    raw = incident(
        loss_usd=loss, recovered_usd=f"{back:f}", response_minutes=minutes, role="adjuster", status="confirmed",
        team=team, **subject,
    )  # fmt: skip
    item = read_item(raw, kind="incident", index=0, at=NOON)
    assert isinstance(item, Item), item
    with transaction.atomic():
        told = preview_incident(item=item, reach=None)
        assert not Incident.objects.exists()
        record_incidents(items=[item], reach=None, at=NOON, today=TODAY)
        assert {target: amount for target, amount in (told.adds or {}).items() if amount} == posted()
        assert told.after == told.adds
        assert sum(posted().values()) == told.amount
        if told.links:
            assert sum(link.amount for link in told.links) == told.amount
        again = preview_incident(item=item, reach=None, identity=Incident.objects.get().identity)
        assert again.before == again.after
        transaction.set_rollback(True)


def _links(about: str, shares: list[str]) -> list[dict[str, str]]:
    names = {"tasks": ("T1", "T2", "T-9"), "calls": ("call-of-T1", "call-of-T2", "call-9")}[about]
    return [{about[:-1]: name, "weight": weight} for name, weight in zip(names, shares, strict=True)]


def test_an_open_incident_adds_nothing_and_says_what_confirming_would(world) -> None:
    item = read_item(incident(tasks=[{"task": "T1"}]), kind="incident", index=0, at=NOON)
    assert isinstance(item, Item)
    told = preview_incident(item=item, reach=None)
    assert (told.after, sum((told.adds or {}).values())) == ({}, 900 * DOLLAR)


def test_a_lead_records_one_of_their_team_by_pasted_ids(world, lena) -> None:
    answer = seen_by(lena).post("/incidents/new", form())
    row = Incident.objects.get()
    assert answer.headers["Location"] == reverse("incident", args=[row.identity])
    assert (row.loss_nanos, row.status, row.recorded_by, row.team and row.team.name) == (
        1_000_010_000_000, "confirmed", lena, "Claims",
    )  # fmt: skip
    assert {link.name: link.weight for link in row.links.all()} == {"T1": 2, "T2": 1, "T-9": 1}
    page = seen_by(lena).get(answer.headers["Location"]).content.decode()
    assert "not arrived yet: its share is unattributed" in page
    assert "after 2 days" in page
    assert set(TaskState.objects.filter(state="failure").values_list("task_key", flat=True)) == {
        link.key for link in row.links.filter(name__in=("T1", "T2"))
    }


def test_what_is_sent_twice_is_one_incident(world, lena) -> None:
    sent = form()
    first, second = (seen_by(lena).post("/incidents/new", sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Incident.objects.count() == 1
    other = seen_by(lena).post("/incidents/new", {**sent, "title": "Another"})
    assert "was saved before" in other.content.decode()
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"loss_usd": "much"}, "Loss must be a number such as 12.50."),
        ({"loss_usd": "1,5"}, "with a decimal point, not a comma"),
        ({"recovered_usd": "2000"}, "Recovered must be &lt;= loss_usd."),
        ({"response_minutes": "30"}, "Role is required with response_minutes."),
        ({"discovered_on": "2026-10-06"}, "Discovered on must not be before occurred_on."),
        ({"names": "T1\nT1"}, "Tasks must not name T1 twice."),
        ({"names": "T1\t0"}, "Tasks must have a weight above 0."),
        ({"names": "T1\tmuch"}, "entry 0: weight must be a number"),
        ({"names": ""}, "Name at least one"),
        ({"names": "\n".join(f"x{n}" for n in range(10_001))}, "Tasks must have at most 10000 entries."),
        ({"about": "scope"}, "Choose a tier or a model."),
        ({"about": "scope", "tier": "frontier", "model": "acme/dear"}, "Model must not be given together with tier."),
        ({"severity": "dire"}, "Severity must be one of low"),
        ({"team": "Support"}, "Team not a team that this key or person writes for."),
        ({"role": "pilot", "response_minutes": "5"}, "no labour rate for"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_saved(world, lena, fields, said) -> None:
    page = seen_by(lena).post("/incidents/new", form(**fields))
    assert (page.status_code, Incident.objects.count()) == (200, 0)
    assert said in page.content.decode()


@pytest.mark.parametrize("button", ["preview", "find"])
def test_a_look_saves_nothing(world, lena, button) -> None:
    page = seen_by(lena).post("/incidents/new", form(**{button: "1", "find_text": "T"})).content.decode()
    assert not Incident.objects.exists()
    assert ("lost and not recovered" in page) is (button == "preview")


def test_search_finds_ones_own_tasks_and_no_neighbours(world, lena, ada) -> None:
    found = seen_by(lena).post("/incidents/found", {"find_text": "1"}).content.decode()
    assert "T1" in found
    assert "S1" not in found
    assert "S1" in seen_by(ada).post("/incidents/found", {"find_text": "1"}).content.decode()


def test_a_task_that_was_found_is_added_below_the_others(world, lena) -> None:
    page = seen_by(lena).post("/incidents/new", form(add="T2", names="T1")).content.decode()
    assert "T1\nT2</textarea>" in page


def have(**fields: Any) -> Incident:
    raw = incident(**fields)
    record("incident", raw, at=NOON)
    return Incident.objects.get(external_id=raw["id"], latest=True)


def decide(user: User, row: Incident, way: str, **fields: Any) -> Any:
    address = reverse("incident-decide", args=[row.identity, way])
    return seen_by(user).post(address, {"version": str(row.version), "reason": "checked", **fields})


def test_it_is_confirmed_dismissed_reopened_and_withdrawn_and_keeps_its_history(world, lena) -> None:
    row = have(tasks=[{"task": "T1"}])
    costs = []
    for way in ("confirm", "dismiss", "reopen", "confirm", "withdraw"):
        assert decide(lena, row, way, reason=f"{way} it").status_code == 302
        row = Incident.objects.get(identity=row.identity, latest=True)
        costs.append(sum(posted().values()) // DOLLAR)
    assert costs == [900, 0, 0, 900, 0]
    assert row.withdrawn
    page = seen_by(lena).get(reverse("incident", args=[row.identity])).content.decode()
    assert all(f"{way} it" in page for way in ("confirm", "dismiss", "reopen", "withdraw"))
    assert str(row.identity) not in seen_by(lena).get("/incidents").content.decode()


@pytest.mark.parametrize("way", ["dismiss", "reopen", "withdraw"])
def test_only_to_confirm_needs_no_reason(world, lena, way) -> None:
    row = have(tasks=[{"task": "T1"}], status="confirmed")
    assert "Say why" in decide(lena, row, way, reason=" ").content.decode()
    assert Incident.objects.count() == 1


def test_a_decision_sent_twice_is_one_version(world, lena) -> None:
    row = have(tasks=[{"task": "T1"}])
    assert [decide(lena, row, "confirm").status_code for _ in range(2)] == [302, 302]
    assert Incident.objects.count() == 2


def test_who_did_not_see_the_change_of_another_is_told(world, lena, ada) -> None:
    row = have(tasks=[{"task": "T1"}])
    decide(ada, row, "confirm")
    assert "was sent before with other content" in decide(lena, row, "dismiss").content.decode()
    assert Incident.objects.get(latest=True).status == "confirmed"


def edited(user: User, row: Incident, **fields: str) -> Any:
    return seen_by(user).post(
        reverse("incident-edit", args=[row.identity]), form(version=str(row.version), reason="smaller", **fields)
    )


def test_a_change_is_a_new_version_of_the_same_team(world, lena) -> None:
    row = have(tasks=[{"task": "T1"}], status="confirmed")
    assert edited(lena, row, loss_usd="10", names="T2").status_code == 302
    [old, new] = Incident.objects.filter(identity=row.identity).order_by("version")
    assert (old.latest, new.latest, new.loss_nanos, new.team_id, new.reason) == (
        False, True, 10 * DOLLAR, old.team_id, "smaller",
    )  # fmt: skip
    assert sum(posted().values()) == 10 * DOLLAR
    assert [amount for amount in posted().values() if amount] == [10 * DOLLAR]
    page = seen_by(lena).get(reverse("incident", args=[row.identity])).content.decode()
    assert "loss, links" in page.replace("title, ", "").replace("discovered on, ", "")


def test_a_change_says_why(world, lena) -> None:
    row = have(tasks=[{"task": "T1"}])
    page = seen_by(lena).post(reverse("incident-edit", args=[row.identity]), form(version="1"))
    assert "Say why you change it" in page.content.decode()
    assert Incident.objects.count() == 1


def test_a_stale_form_changes_nothing(world, lena) -> None:
    row = have(tasks=[{"task": "T1"}])
    edited(lena, row, loss_usd="10")
    edited(lena, Incident.objects.get(latest=True), loss_usd="11")
    assert "Somebody changed this incident meanwhile" in edited(lena, row, loss_usd="12").content.decode()
    assert Incident.objects.get(latest=True).loss_nanos == 11 * DOLLAR


WRITES = ("incident-edit", "incident-edit-preview", "incident-decide")


def addresses(row: Incident) -> dict[str, str]:
    way = {"incident-decide": {"way": "confirm"}}
    return {name: reverse(name, kwargs={"identity": row.identity, **way.get(name, {})}) for name in WRITES}


@pytest.mark.parametrize("name", WRITES)
def test_a_neighbours_incident_is_not_there(world, support, name) -> None:
    row = have(tasks=[{"task": "T1"}])
    ludo = make_user("ludo", Role.TEAM_LEAD, support)
    assert seen_by(ludo).post(addresses(row)[name], form(version="1")).status_code == 404
    assert seen_by(ludo).get(reverse("incident", args=[row.identity])).status_code == 404
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("person", ["fiona", "victor"])
def test_who_posts_no_facts_reads_only(world, request, name, person) -> None:
    row, user = have(tasks=[{"task": "T1"}]), request.getfixturevalue(person)
    page = seen_by(user).get(reverse("incident", args=[row.identity]))
    assert page.status_code == 200
    assert "Confirm</a>" not in page.content.decode()
    assert seen_by(user).post(addresses(row)[name], form(version="1")).status_code == 403


def test_one_of_no_team_is_read_by_each_team_in_its_part_and_changed_by_who_sees_all(world, lena, ada) -> None:
    row = have(team=None, tasks=[{"task": "T1"}, {"task": "S1"}, {"task": "T-9"}], status="confirmed")
    page = seen_by(lena).get(reverse("incident", args=[row.identity])).content.decode()
    assert "T1" in page
    assert "S1" not in page
    assert "T-9" not in page
    assert "$300.000000000" in page
    assert "$900.000000000" not in page
    assert seen_by(lena).get(addresses(row)["incident-edit"]).status_code == 404
    assert edited(ada, row, team="").status_code == 302
    [listed] = incidents_in_short(Listing("incidents", teams=frozenset({lena.memberships.get().team_id}))).rows
    assert listed["links"] == [2, 0]


def test_sums_say_what_is_counted_where(world) -> None:
    have(status="confirmed", recovered_usd="100", discovered_on="2026-10-10", tasks=[{"task": "T1"}])
    have(id="i-2", loss_usd="5", discovered_on="2026-10-08", response_minutes="60", role="adjuster")
    have(id="i-3", status="dismissed", loss_usd="7")
    totals = totals_of_incidents(Listing("incidents"))
    nets = {status: (sums.incidents, sums.net) for status, sums in totals.of_status.items()}
    assert nets == {
        "confirmed": (1, 800 * DOLLAR), "open": (1, 73_370_000_000), "dismissed": (1, 7 * DOLLAR),
    }  # fmt: skip
    assert (totals.median_days, totals.discovered) == (2.0, 2)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({}, {"i-1", "i-2", "i-3"}),
        ({"status": ["open"]}, {"i-1", "i-3"}),
        ({"tier": ["commodity"]}, {"i-1"}),
        ({"tier": ["frontier"]}, {"i-2"}),
        ({"tier": ["unattributed"]}, {"i-3"}),
        ({"model": ["acme/dear"]}, {"i-2"}),
        ({"team": ["Support"]}, {"i-2"}),
        ({"severity": ["low"]}, {"i-3"}),
        ({"q": ["payout WRONG"]}, {"i-1", "i-2"}),
        ({"q": ["100%"]}, {"i-3"}),
        ({"from": ["2026-09"]}, set()),
        ({"from": ["2026-10"]}, {"i-1", "i-2", "i-3"}),
    ],
)
def test_filters(world, words, found) -> None:
    have(tasks=[{"task": "T1"}])
    have(id="i-2", status="confirmed", team="Support", tasks=[{"task": "S1"}])
    have(id="i-3", severity="low", title="Was 100% wrong", note="a_b")
    listing = parse_listing(words, kind="incidents", teams=None)
    assert {row["id"] for row in incidents_in_short(listing).rows} == found


@pytest.fixture
def ten_thousand(claims) -> list[str]:
    have_reference(REFERENCE, at=NOON)
    names = [f"T{n:05}" for n in range(10_000)]
    for start in range(0, 10_000, 5_000):
        record("call", *(call(name) for name in names[start : start + 5_000]), at=NOON)
    catch_up(at=NOON, today=TODAY)
    return names


@pytest.mark.slow
def test_ten_thousand_links_by_the_api_and_by_the_form(ten_thousand, lena, django_assert_max_num_queries) -> None:
    pasted = "\r\n".join(f"{name}\t{n % 7 + 1}" for n, name in enumerate(ten_thousand))
    record("incident", incident(status="confirmed", tasks=[{"task": name} for name in ten_thousand]), at=NOON)
    lead = seen_by(lena)
    with django_assert_max_num_queries(120):
        assert lead.post("/incidents/new", form(names=pasted)).status_code == 302
    first, second = Incident.objects.filter(latest=True).order_by("pk")
    assert (first.links.count(), second.links.count()) == (10_000, 10_000)
    assert sum(posted().values()) == 1_900_010_000_000
    with django_assert_max_num_queries(60):
        page = lead.get(reverse("incident", args=[second.identity])).content.decode()
        assert "T00049" in page
        assert "T00050" not in page
    with django_assert_max_num_queries(40):
        assert "10,000" in lead.get("/incidents").content.decode()
    edited = lead.get(reverse("incident-edit", args=[second.identity])).content.decode()
    assert re.findall(r"T\d{5}\b", edited) == ten_thousand
    assert decide(lena, second, "dismiss").status_code == 302
    assert sum(posted().values()) == 900 * DOLLAR


@pytest.mark.slow
def test_ten_thousand_that_wait_link_when_they_arrive(claims, support) -> None:
    have_reference(REFERENCE, at=NOON)
    names = [f"T{n:05}" for n in range(10_000)]
    record("incident", incident(team=None, status="confirmed", tasks=[{"task": name} for name in names]), at=NOON)
    catch_up(at=NOON, today=TODAY)
    assert posted() == {Target(None, None, None): 900 * DOLLAR}
    for start in range(0, 10_000, 5_000):
        record("call", *(call(name) for name in names[start : start + 5_000]), at=NOON)
    catch_up(at=NOON, today=TODAY)
    assert not IncidentLink.objects.filter(key=None).exists()
    [(target, amount)] = posted().items()
    assert (target.team, amount) == (claims.pk, 900 * DOLLAR)


def test_a_preview_of_what_is_refused_says_so(world) -> None:
    item = read_item(incident(tier="none such"), kind="incident", index=0, at=NOON)
    assert isinstance(item, Item)
    told = preview_incident(item=item, reach=None, identity=UUID(int=1))
    assert told == IncidentPreview(problem=told.problem)
    assert told.problem
    assert told.problem.errors == {"tier": ["no such tier"]}
