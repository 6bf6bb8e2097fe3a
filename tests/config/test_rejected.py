"""Rejected items, by reason: retried once what was wrong is mended, or dismissed, by who may write such facts."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Role, Team, User
from audits.models import Correction
from spend.models import Call, RejectedItem, Source
from tests.build import have_reference
from tests.cast import NOON, make_user
from tests.sending import CALL, CORRECTION, INCIDENT, OUTCOME, client_of, post

pytestmark = pytest.mark.django_db
RATES = "labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]"


@pytest.fixture
def gateway(claims: Team, support: Team) -> APIClient:
    return client_of(claims)


def as_person(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, address: str = "/connectors/rejected") -> str:
    answer = as_person(person).get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def do(person: User, way: str, **words: Any) -> str:
    answer = as_person(person).post(reverse(f"rejected-{way}"), words, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_items_stand_by_reason_with_what_is_kept_of_them(gateway, ada) -> None:
    post(gateway, *[{**CORRECTION, "id": f"k-{number}"} for number in range(3)], name="corrections")
    post(gateway, {**CALL, "prompt": "my secret"})
    found = page(ada)
    assert re.search(r"role: no labour rate for 'adjuster' on 2026-10-05</a></th><td[^>]*>correction</td>", found)
    assert "my secret" not in found
    assert "prompt: (not kept)" in found
    (href,) = re.findall(r'<a href="([^"]*reason=role[^"]*)"', found)
    assert ">3</data></b> items" in page(ada, href)


def test_after_mending_a_group_is_taken_and_let_go(gateway, lena, claims) -> None:
    post(gateway, *[{**CORRECTION, "id": f"k-{number}"} for number in range(3)], name="corrections")
    have_reference(RATES, at=NOON)
    post(gateway, {**CORRECTION, "id": "k-0"}, name="corrections")  # its sender was quicker with one
    reason = RejectedItem.objects.values_list("reason", flat=True).distinct().get()
    assert "2 items accepted; 1 already there." in do(lena, "retry", reason=reason, what="correction")
    assert set(Correction.objects.values_list("external_id", "team")) == {(f"k-{n}", claims.pk) for n in range(3)}
    assert RejectedItem.objects.count() == 0


def test_what_is_still_refused_stays_with_the_reason_of_now(gateway, ada) -> None:
    post(gateway, {**CORRECTION, "role": "nobody", "team": "Elsewhere"}, name="corrections")
    item = RejectedItem.objects.get()
    Team.objects.create(name="Elsewhere")
    assert "0 items accepted; 1 still refused: team" in do(ada, "retry", item=item.pk)
    item.refresh_from_db()
    assert item.reason == f"team: {item.errors['team'][0]}"
    assert Correction.objects.count() == 0


@pytest.mark.parametrize(("kind", "record"), [
    ("calls", CALL), ("outcomes", OUTCOME), ("corrections", CORRECTION), ("incidents", INCIDENT),
])  # fmt: skip
def test_every_kind_of_record_can_be_tried_again(ada, kind, record) -> None:
    everywhere = client_of(None)
    assert post(everywhere, {**record, "team": "Late"}, name=kind).status_code == 400
    assert RejectedItem.objects.get().team is None
    have_reference(f"teams: [{{name: Late}}]\n{RATES}", at=NOON)
    assert "1 item accepted." in do(ada, "retry", all="yes")
    assert RejectedItem.objects.count() == 0


def test_a_call_tried_again_keeps_its_source(ada) -> None:
    post(client_of(None), {**CALL, "team": "Late"})
    RejectedItem.objects.update(kind="otlp", name="openai_v2")
    Team.objects.create(name="Late")
    do(ada, "retry", all="yes")
    assert Call.objects.get().source == Source.objects.get(kind="otlp", name="openai_v2")


def test_a_team_lead_tries_again_what_a_team_lead_may_write(gateway, lena) -> None:
    """Calls come from integrations and administrators (docs/access.md); corrections and incidents from leads too."""
    post(gateway, {**CALL, "input_tokens": -1})
    post(gateway, CORRECTION, name="corrections")
    assert page(lena).count(">Retry</button>") == 2  # of the one reason, and of the one item
    assert "0 items dismissed" in do(lena, "dismiss", what="call")
    assert "1 item dismissed" in do(lena, "dismiss", all="yes")
    assert RejectedItem.objects.get().format == "call"


def test_a_neighbours_items_are_not_there(gateway, support) -> None:
    post(gateway, CORRECTION, name="corrections")
    item, ludo = RejectedItem.objects.get(), make_user("ludo", Role.TEAM_LEAD, support)
    assert "k-1" not in page(ludo)
    assert "Nothing was refused" in page(ludo, f"/connectors/rejected?item={item.pk}&team=Claims")
    assert "0 items accepted" in do(ludo, "retry", item=item.pk)
    assert "0 items dismissed" in do(ludo, "dismiss", item=item.pk)
    assert RejectedItem.objects.filter(pk=item.pk).exists()


def test_who_writes_no_facts_reads_only(gateway, fiona, victor) -> None:
    post(gateway, CORRECTION, name="corrections")
    for person in (fiona, victor):
        found = page(person)
        assert "k-1" in found
        assert "<button" not in found.partition("<h2>By reason</h2>")[2].partition("<footer")[0]
        for way in ("retry", "dismiss"):
            assert as_person(person).post(reverse(f"rejected-{way}"), {"all": "yes"}).status_code == 403


def test_a_form_that_names_nothing_does_nothing(gateway, ada) -> None:
    post(gateway, CORRECTION, name="corrections")
    for words in ({}, {"reason": ""}, {"item": "9" * 30}, {"item": "x"}, {"team": "\x00"}):
        assert "0 items dismissed" in do(ada, "dismiss", **words)
    assert RejectedItem.objects.count() == 1


@pytest.mark.parametrize("words", ["item=x", "team=%00", "reason=%ff", "what=unread", "kind=nosuch&team=none"])
def test_nonsense_in_the_address_finds_nothing(gateway, ada, words) -> None:
    post(gateway, CORRECTION, name="corrections")
    assert "k-1" not in page(ada, f"/connectors/rejected?{words}")


def test_what_cannot_be_tried_again_says_so(gateway, ada) -> None:
    post(gateway, "no object", name="calls")
    found = page(ada)
    assert "it has to be sent again" in found
    assert ">Retry" not in found
    assert "1 item dismissed" in do(ada, "dismiss", what="unread")
