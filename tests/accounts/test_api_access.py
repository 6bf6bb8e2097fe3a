"""The JSON door: every way of proving who one is, and the ways that do not work."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.actions import create_key
from accounts.api import NeedsScope
from accounts.models import Team, User
from accounts.queries import reach_of
from tests.cast import NOON, PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Named(APIView):
    """A view that does as every view should."""

    permission_classes = [NeedsScope("ingest")]

    def get(self, request: Request) -> Response:
        reach = reach_of(request)
        return Response({"name": reach.name, "teams": reach.team_ids})

    post = get


class Forgetful(APIView):
    """A view that names no scope."""

    def get(self, request: Request) -> Response:
        return Response("leaked")


urlpatterns = [path("named", Named.as_view()), path("forgetful", Forgetful.as_view())]


@pytest.fixture
def key(claims: Team) -> str:
    return create_key(name="gateway", scopes=["ingest"], team=claims, at=NOON)[1]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def get(where: str, authorization: str | None = None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return APIClient().get(where, headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Api-Key", "API-KEY"])
def test_a_key_opens_by_either_name(key: str, claims: Team, scheme: str) -> None:
    response = get("/named", f"{scheme} {key}")
    assert (response.status_code, response.json()) == (200, {"name": "gateway", "teams": [claims.pk]})


@pytest.mark.parametrize("start", ["", "tc_"])
def test_a_key_opens_by_basic(key: str, start: str) -> None:
    _, prefix, secret = key.split("_", 2)
    assert get("/named", basic(start + prefix, secret)).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer tc_nosuchkey000_" + "x" * 43,
        "Bearer \x00",
        "Api-Key ü",
        "Basic",
        "Basic %%%",
        basic("ada", PASSWORD),  # people log in on the page, where guessing is slow
        basic("\x00", ":"),
        "Digest abc",
    ],
)
def test_anything_else_is_401_and_says_how(ada: User, authorization: str | None) -> None:
    response = get("/named", authorization)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "detail" in response.json()


def test_a_key_without_the_scope_is_403(claims: Team) -> None:
    text = create_key(name="reader", scopes=["read", "audit"], team=claims, at=NOON)[1]
    response = get("/named", f"Bearer {text}")
    assert response.status_code == 403
    assert "ingest" in response.json()["detail"]


def test_a_view_that_names_no_scope_is_open_to_nobody(key: str, ada: User) -> None:
    client = APIClient()
    client.force_login(ada)
    assert client.get("/forgetful").status_code == 403
    assert get("/forgetful", f"Bearer {key}").status_code == 403
    assert get("/forgetful").status_code == 401


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("fiona", 403), ("lena", 403), ("victor", 403)])
def test_a_session_opens_what_the_role_may(request: pytest.FixtureRequest, who: str, status: int) -> None:
    client = APIClient()
    client.force_login(request.getfixturevalue(who))
    assert client.get("/named").status_code == status


def test_a_session_is_safe_from_forged_requests(ada: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post("/named").status_code == 403


def test_the_schema_shows_every_way_in() -> None:
    documented = extend_schema(responses=None)(Named)
    schema = SchemaGenerator(patterns=[path("named", documented.as_view())]).get_schema(public=True)
    assert set(schema["components"]["securitySchemes"]) == {"bearer", "apiKey", "basic", "session"}
    assert schema["paths"]["/named"]["get"]["security"] == [
        {"bearer": []},
        {"apiKey": []},
        {"basic": []},
        {"session": []},
    ]
