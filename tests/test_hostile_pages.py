"""Nonsense in the words of any address or the fields of any form is refused: no page answers with an error of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import cycle
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.test_access import ROWS, WHO, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
pytest_plugins = ["tests.test_access"]

ADA = WHO.index("ada")
GETS = [
    name
    for method, name, *expected in ROWS
    if method == "GET" and expected[ADA] == "200" and name not in ("docs", "schema")
]
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
def ada_in(everybody: dict[str, Any]) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="ada"))
    return client


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The words of addresses and forms that were asked for so far."""
    found: set[str] = set()
    for way in ("__getitem__", "_getlist", "lists", "items"):
        monkeypatch.setattr(QueryDict, way, overhears(getattr(QueryDict, way), found))
    return found


def overhears(reads: Callable[..., Any], found: set[str]) -> Callable[..., Any]:
    """Read words by name, or all that there are."""

    def read(words: QueryDict, *name: Any, **more: Any) -> Any:
        found.update(name[:1] or words.keys())
        return reads(words, *name, **more)

    return read


def nonsensical(page: str, names: Iterable[str], heard: set[str]) -> Iterable[dict[str, str]]:
    """All names at once, then each by itself, or the first refusal hides the rest; names never asked for are left out.

    Pages take turns in the nonsense that they hear at once, a quarter of it each: they read words by the same code.
    """
    names = list(names)
    yield {}
    for nonsense in NONSENSE[len(page) % 4 :: 4]:
        yield dict.fromkeys(names, nonsense)
        if heard.isdisjoint(names):
            return
    listened = [name for name in names if name in heard]
    yield from ({name: nonsense} for name, nonsense in zip(listened, cycle(NONSENSE), strict=False))


@pytest.mark.parametrize("name", GETS)
def test_no_word_of_an_address_breaks_a_page(ada_in: Client, heard: set[str], name: str) -> None:
    address = reverse(name, kwargs=words_of(name))
    broken = [words for words in nonsensical(name, WORDS, heard) if ada_in.get(address, words).status_code >= 500]
    assert broken == []


def test_words_that_a_page_listens_to_are_overheard(ada_in: Client, heard: set[str]) -> None:
    ada_in.get(reverse("start"), {"month": "1", "to": "2"})
    assert not heard & {"month", "to"}
    ada_in.get(reverse("report"), {"month": "1", "to": "2"})
    assert {"month", "to"} <= heard


@pytest.mark.parametrize("name", POSTS)
def test_no_field_of_a_form_breaks_a_page(ada_in: Client, heard: set[str], name: str) -> None:
    address = reverse(name, kwargs=words_of(name))
    shown = ada_in.get(address)
    fields = {*SAID, *(FIELD.findall(shown.content.decode()) if shown.status_code == 200 else ())}
    broken = [filled for filled in nonsensical(name, sorted(fields), heard) if posted(ada_in, address, filled) >= 500]
    assert broken == []


def posted(client: Client, address: str, filled: dict[str, str]) -> int:
    with transaction.atomic():
        status = client.post(address, filled).status_code
        transaction.set_rollback(True)
    return status
