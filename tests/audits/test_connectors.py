"""The Connectors page: what came in by source, each figure as many calls as its link leads to, and what to do."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audits.actions.catch_up import catch_up
from audits.actions.rebuild import rebuild
from audits.models import DailySources
from audits.queries.connectors import connectors
from audits.queries.verify import faults
from spend.actions.calls import record_calls
from spend.actions.rejected import keep_rejected
from spend.ingest.native import decode
from spend.ingest.records import Problem
from spend.models import Source, SourceMapping
from spend.queries.zone import reporting_day
from tests.build import have_reference, record
from tests.cast import NOON

pytestmark = pytest.mark.django_db
TODAY = reporting_day(NOON)
REFERENCE = "models: [{provider: own, name: tiny, prices: [{from: 2026-01-01, input: 1, output: 2}]}]"


def calls_of(*numbers: int, team: str = "Claims", **more: object) -> list[dict[str, object]]:
    return [
        {
            "id": f"{team}-{number}", "occurred_at": (NOON - timedelta(days=number)).isoformat(), "model": "tiny",
            "provider": "own", "input_tokens": 10, "output_tokens": 5, "team": team, **more,
        }
        for number in numbers
    ]  # fmt: skip


@pytest.fixture
def sent(time_machine, claims, support) -> Source:
    """Nine calls of the last days: two without a price, four without a task, and a task of three that was judged."""
    time_machine.move_to(NOON, tick=False)
    have_reference(REFERENCE, at=NOON)
    record("call", *calls_of(0, 1, 2, task="T-1"), *calls_of(3, 4, model="unheard-of", task="T-2"), at=NOON)
    record("call", *calls_of(5, 6, 7, 8), at=NOON)
    record("outcome", {"task": "T-1", "outcome": "success", "team": "Claims"}, at=NOON)
    record("call", *calls_of(40), at=NOON)  # of before the days shown
    catch_up(at=NOON, today=TODAY)
    return Source.objects.get(team=claims)


def test_it_counts_the_calls_of_thirty_days_by_how_much_they_say(sent, claims) -> None:
    (found,) = connectors(teams=None, today=TODAY)
    assert found.source == sent
    total = found.total
    assert (total.calls, total.unpriced, total.implicit, total.unjudged) == (9, 2, 4, 6)
    assert [counted.calls for _, counted in found.by_day] == [0] * 21 + [1] * 9
    assert connectors(teams=frozenset({claims.pk + 99}), today=TODAY) == []


def as_person(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, address: str) -> str:
    answer = as_person(person).get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("name", ["connectors", "connector"])
def test_every_figure_leads_to_as_many_calls(sent, ada, name) -> None:
    address = reverse(name, args=[sent.pk] if name == "connector" else [])
    found = page(ada, address)
    links = {href for href in re.findall(r'href="(/calls\?[^"]*)"', found) if "model=" not in href}
    counted = {re.sub(r".*since=[\d-]*&?", "", href): count_at(ada, href) for href in links}
    assert counted == {"": 9, "priced=no": 2, "named=no": 4, "judged=no": 6}


def count_at(person: User, href: str) -> int:
    found = page(person, href)
    rows = len(re.findall(r'<td class="text">Claims</td>', found))
    assert f'<data value="{rows}" title="{rows}">{rows}</data></b> calls' in found  # the sum says the same
    return rows


def test_a_source_says_which_models_lack_a_price_and_where_to_add_it(sent, ada, victor) -> None:
    address = reverse("connector", args=[sent.pk])
    found = page(ada, address)
    (href,) = re.findall(r'<a href="([^"]*)">Add a price', found)
    assert "unheard-of" in page(ada, href)
    assert "Add a price" not in page(victor, address)
    assert "none known: finance can add it" in page(victor, address)


def test_a_silent_source_is_said_to_be_silent(sent, ada, time_machine) -> None:
    assert "Silent" not in page(ada, "/connectors")
    time_machine.move_to(NOON + timedelta(days=2), tick=False)
    assert "Silent for 2 days; its longest pause before was 1 day." in page(ada, "/connectors")
    Source.objects.update(last_seen_at=NOON + timedelta(days=1))  # it sent old calls only yesterday
    assert "Silent" not in page(ada, "/connectors")


def test_each_sees_the_sources_of_their_teams(sent, ada, fiona, lena, victor, support) -> None:
    record("call", *calls_of(0, 1, team="Support"), at=NOON)
    catch_up(at=NOON, today=TODAY)
    for person, number in ((ada, 2), (fiona, 2), (lena, 1), (victor, 1)):
        assert len(set(re.findall(r'href="/connectors/(\d+)"', page(person, "/connectors")))) == number, person
    other = Source.objects.get(team=support)
    assert as_person(lena).get(reverse("connector", args=[other.pk])).status_code == 404
    assert "Support" not in page(lena, f"/calls?source={other.pk}")
    assert "No call matches" in page(lena, f"/calls?source={other.pk}")


@pytest.mark.parametrize(
    "words", ["source=x", "source=²", "source=-1", "source=1' OR 1", "since=2026", "since=0001-01-01", "since=now"]
)
def test_nonsense_of_a_list_of_calls_is_named(sent, ada, words) -> None:
    assert as_person(ada).get(f"/calls?{words}").status_code == 400


def test_a_source_of_no_number_that_there_is_has_no_calls(sent, ada) -> None:
    assert "No call matches" in page(ada, f"/calls?source={'9' * 18}")


def test_a_mapping_that_cannot_be_read_any_more_is_said_where_it_is_missed(sent, claims, support, ada) -> None:
    Source.objects.update(kind="otlp")
    said = "Its mapping as saved cannot be read any more"
    for team, is_misread in ((support, False), (claims, True)):
        SourceMapping.objects.create(kind="otlp", team=team, rules={"tasks": 1}, changed_at=NOON)
        assert (said in page(ada, "/connectors")) == is_misread
    SourceMapping.objects.filter(team=claims).delete()
    SourceMapping.objects.create(kind="otlp", team=None, rules=[], changed_at=NOON)
    assert said in page(ada, "/connectors")
    SourceMapping.objects.create(kind="otlp", team=claims, rules={}, changed_at=NOON)
    assert said not in page(ada, "/connectors")


def test_an_empty_page_says_how_to_connect(ada, victor) -> None:
    for person in (ada, victor):
        found = page(person, "/connectors")
        assert "Nothing is connected yet" in found
        assert 'href="/start"' in found


def test_rebuild_and_verify_cover_the_rows_of_sources(sent) -> None:
    assert rebuild(at=NOON, today=TODAY) == []
    assert list(faults(TODAY)) == []
    DailySources.objects.filter(day=TODAY).update(calls=2)
    assert [fault for fault in faults(TODAY) if f"source {sent.pk}" in fault]
    assert {difference.what for difference in rebuild(at=NOON, today=TODAY)} == {"audits_dailysources"}
    assert list(faults(TODAY)) == []


def test_the_api_says_what_the_page_says(sent, claims, victor) -> None:
    keep_rejected(
        kind="rest", problems=[Problem(0, "c-1", {"id": ["is bad"]})], content=lambda problem: None,
        reach=frozenset({claims.pk}), at=NOON,
    )  # fmt: skip
    client = as_person(victor)
    (source,) = client.get("/api/v1/sources").json()["sources"]
    assert {name: source[name] for name in ("calls", "unpriced", "without_task", "unjudged", "rejected")} == {
        "calls": 9, "unpriced": 2, "without_task": 4, "unjudged": 6, "rejected": 1,
    }  # fmt: skip
    assert (source["calls_a_day"], source["silent"]) == ([0] * 21 + [1] * 9, None)
    answer = client.get("/api/v1/rejected?limit=1").json()
    assert answer["next"] is None
    (item,) = answer["rejected"]
    assert (item["external_id"], item["errors"], item["can_be_retried"]) == ("c-1", {"id": ["is bad"]}, False)
    for words in ("limit=0", "limit=x", "before=-1", "before=9999999999999999999999"):
        assert client.get(f"/api/v1/rejected?{words}").status_code == 400


def test_calls_of_one_batch_from_two_emitters_are_two_sources(claims) -> None:
    items = decode(json.dumps({"calls": calls_of(0, 1)}).encode(), "call", NOON).items
    items[0] = msgspec.structs.replace(items[0], emitter="openai_v2")
    record_calls(items=items, reach=None, at=NOON, kind="otlp")
    catch_up(at=NOON, today=TODAY)
    assert {(each.source.name, each.total.calls) for each in connectors(teams=None, today=TODAY)} == {
        ("openai_v2", 1),
        ("", 1),
    }
