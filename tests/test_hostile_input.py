"""Bad bodies through HTTP: the right 4xx as JSON, the field by name, and nothing written."""

from __future__ import annotations

import gzip
from datetime import timedelta
from io import BytesIO

import pytest
import zstandard
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import ApiKey
from spend.models import RejectedItem
from tests.cast import NOON
from tests.sending import CALL, CORRECTION, GOOD, INCIDENT, OUTCOME, client, post, send

__all__ = ["client"]

pytestmark = pytest.mark.django_db

TOMORROW_AND_MORE = (timezone.now() + timedelta(days=3)).isoformat()
BOMB = gzip.compress(b" " * (64 * 1024 * 1024), 9)


def counts() -> dict[str, int]:
    """How many rows each table has; when a key was last used is no content, and what was refused is kept on purpose."""
    with connection.cursor() as cursor:
        found = {}
        for model in set(apps.get_models()) - {RejectedItem}:
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            found[model.__name__] = cursor.fetchone()[0]
        return found


@pytest.fixture
def nothing_written(client, support):
    ApiKey.objects.update(last_used_at=NOON)
    before = counts()
    yield
    assert counts() == before


# --- one bad field

FIELDS = [
    ("calls", CALL, {"input_tokens": "10"}, "input_tokens"),
    ("calls", CALL, {"input_tokens": -1}, "input_tokens"),
    ("calls", CALL, {"input_tokens": 10**30}, "input_tokens"),
    ("calls", CALL, {"input_tokens": 1.5}, "input_tokens"),
    ("calls", CALL, {"input_tokens": True}, "input_tokens"),
    ("calls", CALL, {"input_tokens": float("nan")}, "input_tokens"),
    ("calls", CALL, {"cost_usd": float("nan")}, "cost_usd"),
    ("calls", CALL, {"cost_usd": float("inf")}, "cost_usd"),
    ("calls", CALL, {"cost_usd": "NaN"}, "cost_usd"),
    ("calls", CALL, {"cost_usd": "-0.01"}, "cost_usd"),
    ("calls", CALL, {"occurred_at": "2026-10-05T08:00:00"}, "occurred_at"),
    ("calls", CALL, {"occurred_at": TOMORROW_AND_MORE}, "occurred_at"),
    ("calls", CALL, {"occurred_at": 1_790_000_000}, "occurred_at"),
    ("calls", CALL, {"id": ""}, "id"),
    ("calls", CALL, {"id": "x" * 201}, "id"),
    ("calls", CALL, {"id": "\x00"}, "id"),
    ("calls", CALL, {"id": "\ud800"}, "id"),
    ("calls", CALL, {"model": None}, "model"),
    ("calls", CALL, {"status": "lost"}, "status"),
    ("calls", CALL, {"colour": "red"}, "colour"),
    ("calls", CALL, {"metadata": {"a": {"b": 1}}}, "metadata"),
    ("calls", CALL, {"metadata": {"a": "x" * 5000}}, "metadata"),
    ("calls", CALL, {"reasoning_tokens": 5}, "reasoning_tokens"),
    ("calls", CALL, {"team": "Support"}, "team"),
    ("calls", CALL, {"team": "nobody"}, "team"),
    ("outcomes", OUTCOME, {"outcome": "maybe"}, "outcome"),
    ("outcomes", OUTCOME, {"value_usd": -1}, "value_usd"),
    ("outcomes", OUTCOME, {"version": 0}, "version"),
    ("outcomes", OUTCOME, {"team": "Support"}, "team"),
    ("corrections", CORRECTION, {"role": "wizard"}, "role"),
    ("corrections", CORRECTION, {"minutes": -5}, "minutes"),
    ("corrections", CORRECTION, {"minutes": float("nan")}, "minutes"),
    ("corrections", CORRECTION, {"worked_on": "2099-01-01"}, "worked_on"),
    ("corrections", CORRECTION, {"call": "c-1"}, "call"),
    ("corrections", {**CORRECTION, "task": None}, {"tier": "golden"}, "tier"),
    ("corrections", {**CORRECTION, "task": None}, {"model": "unheard-of"}, "model"),
    ("corrections", CORRECTION, {"note": "\x00"}, "note"),
    ("incidents", INCIDENT, {"recovered_usd": 6}, "recovered_usd"),
    ("incidents", INCIDENT, {"response_minutes": 5}, "role"),
    ("incidents", INCIDENT, {"response_minutes": 5, "role": "wizard"}, "role"),
    ("incidents", INCIDENT, {"discovered_on": "2026-10-04"}, "discovered_on"),
    ("incidents", INCIDENT, {"tasks": [{"task": "T1"}, {"task": "T1"}]}, "tasks"),
    ("incidents", INCIDENT, {"tasks": [{"task": "T1", "weight": 0}]}, "tasks"),
    ("incidents", INCIDENT, {"tasks": [{"task": "T1"}], "calls": [{"call": "c-1"}]}, "calls"),
]


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(("name", "record", "fault", "field"), FIELDS)
def test_a_bad_field_is_named(client, name, record, fault, field):
    response = post(client, {**record, **fault}, name=name)
    assert response.status_code == 400, response.content
    (rejected,) = response.json()["rejected"]
    assert field in rejected["errors"]


# --- a bad body

NESTED = b'{"calls": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BODIES = [
    (b"", 400),
    (b"{", 400),
    (b"[]", 400),
    (b"null", 400),
    (b'{"calls": {}}', 400),
    (b'{"calls": [], "calls": []}', 400),
    (b'{"outcomes": []}', 400),
    (b'{"calls": [\xff]}', 400),
    (b'{"calls": [1]}', 400),
    (b'{"calls": [{"id": "a", "id": "b"}]}', 400),
    (NESTED, 400),
    (b'{"calls": [' + b"1" * 1_000_000 + b"]}", 400),
    (b" " * (16 * 1024 * 1024 + 1), 413),
]


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(("body", "status"), BODIES, ids=lambda value: str(value)[:24])
@pytest.mark.parametrize("packing", ["", "gzip", "zstd"])
def test_a_bad_body_is_refused_as_a_whole(client, body, status, packing):
    packed = {"": bytes, "gzip": gzip.compress, "zstd": zstandard.compress}[packing](body)
    response = send(client, packed, **({"Content-Encoding": packing} if packing else {}))
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    assert response.json().keys() in ({"detail"}, {"accepted", "duplicates", "rejected"})


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (gzip.compress(GOOD)[:-5], {"Content-Encoding": "gzip"}, 400),
        (zstandard.compress(GOOD)[:-3], {"Content-Encoding": "zstd"}, 400),
        (GOOD, {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(GOOD) + b"rest", {"Content-Encoding": "gzip"}, 400),
        (BOMB, {"Content-Encoding": "gzip"}, 413),
        (GOOD, {"Content-Encoding": "br"}, 415),
        (GOOD, {"Content-Encoding": "gzip, gzip"}, 415),
        (GOOD, {"Content-Length": "x"}, 400),
        (GOOD, {"Content-Length": "-1"}, 400),
        (GOOD, {"Content-Length": str(len(GOOD) - 1)}, 400),
        (GOOD, {"Content-Length": str(10**12)}, 413),
    ],
)
def test_a_body_that_is_not_what_its_headers_say(client, body, headers, status):
    response = send(client, body, **headers)
    assert response.status_code == status, response.content
    assert "detail" in response.json()


class Chunks(BytesIO):
    """What a server hands on of a body sent in chunks: it can be read to its end, and nobody says where that is."""


@pytest.mark.parametrize(("body", "status"), [(GOOD, 200), (GOOD[:-1], 400), (b" " * (16 * 1024 * 1024 + 1), 413)])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_body_may_come_in_chunks(client, body, status, encoding):
    packed = gzip.compress(body) if encoding == "gzip" else body
    unstated = {"CONTENT_LENGTH": "", "wsgi.input": Chunks(packed), "HTTP_TRANSFER_ENCODING": "chunked"}
    headers = {"Content-Encoding": encoding}
    response = client.post("/api/v1/calls", content_type="application/json", headers=headers, **unstated)
    assert response.status_code == status, response.content


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "nonsense"]
)
def test_another_content_type_is_415(client, content_type):
    response = send(client, GOOD, content_type=content_type)
    assert response.status_code == 415, response.content
    assert "detail" in response.json()


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["calls", "outcomes", "corrections", "incidents"])
def test_other_methods_are_405(client, method, name):
    assert client.generic(method, f"/api/v1/{name}", GOOD, content_type="application/json").status_code == 405


def test_head_is_get_without_body(client):
    response = client.head("/api/v1/calls")
    assert (response.status_code, response.content) == (200, b"")
