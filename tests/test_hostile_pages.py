"""Nonsense in the words of any address or the fields of any form is refused: no page answers with an error of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import cycle
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.test_access import ROWS, WHO, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
pytest_plugins = ["tests.test_access"]

ADA = WHO.index("ada")
GETS = [name for method, name, *expected in ROWS if method == "GET" and expected[ADA] == "200" and name != "docs"]
POSTS = [name for method, name, *_ in ROWS if method == "POST" and not name.startswith("api-") and name != "logout"]
FIELD = re.compile(r'name="([^"]+)"')
NONSENSE = [
    "\x00", "9999-12", "'\"><script>alert(1)</script>", "9" * 40, "x" * 5_000, "-1", "1e400", "NaN", "0000-00",
    "a\x00b", "10000-01", "2026-13-45", "0001-01-01", "0001-01", "../../etc/passwd", "%s", "٣", "🙂" * 300,
    "unattributed", "[]",
]  # fmt: skip
WORDS = [
    "from", "to", "by", "lens", "basis", "success", "team", "tier", "model", "task_type", "route", "month", "state",
    "cursor", "q", "sort", "status", "severity", "task", "page", "kind", "identity", "next", "version", "tried",
    "judged", "linked", "source", "priced", "who", "decided_by",
]  # fmt: skip
SAID = ["team", "task", "minutes", "role", "activity", "version", "text", "month", "loss_usd", "occurred_on", "ids"]


@pytest.fixture
def ada_in(everybody: dict[str, Any], facts: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="ada"))
    return client


def nonsensical(names: Iterable[str]) -> Iterable[dict[str, str]]:
    """All names at once for each nonsense; then each name by itself, or the first refusal would hide the rest."""
    names = list(names)
    yield from (dict.fromkeys(names, nonsense) for nonsense in NONSENSE)
    yield from ({name: nonsense} for name, nonsense in zip(names, cycle(NONSENSE), strict=False))


@pytest.mark.parametrize("name", GETS)
def test_no_word_of_an_address_breaks_a_page(ada_in: Client, name: str) -> None:
    address = reverse(name, kwargs=words_of(name))
    broken = [words for words in nonsensical(WORDS) if ada_in.get(address, words).status_code >= 500]
    assert broken == []


@pytest.mark.parametrize("name", POSTS)
def test_no_field_of_a_form_breaks_a_page(ada_in: Client, name: str) -> None:
    address = reverse(name, kwargs=words_of(name))
    shown = ada_in.get(address)
    fields = {*SAID, *(FIELD.findall(shown.content.decode()) if shown.status_code == 200 else ())}
    broken = [filled for filled in [*nonsensical(sorted(fields)), {}] if posted(ada_in, address, filled) >= 500]
    assert broken == []


def posted(client: Client, address: str, filled: dict[str, str]) -> int:
    with transaction.atomic():
        status = client.post(address, filled).status_code
        transaction.set_rollback(True)
    return status
