"""Logging in with an OpenID provider: whom it lets in, and as whom."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from tests.accounts.test_second_factor import code_now, give, is_in, protect
from tests.cast import make_user
from tests.provider import OTHER_KEY, Provider

pytestmark = pytest.mark.django_db


def come_back(client: Client, query: str = "") -> Any:
    """Go there and back, as a browser does."""
    there = client.get(f"/login/oidc/{query}")
    back = requests.get(there.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    assert parts.path == "/login/oidc/callback/"
    return client.get(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_a_new_person_is_a_viewer_of_no_team(client: Client, provider: Provider) -> None:
    provider.claims |= {"preferred_username": "nora", "given_name": "Nora"}
    assert come_back(client).headers["Location"] == "/"
    assert is_in(client)
    nora = User.objects.get()
    assert (nora.username, nora.email, nora.role, list(nora.teams.all())) == (
        "nora", "nora@example.com", Role.VIEWER, [],
    )  # fmt: skip
    assert not nora.has_usable_password()


def test_they_are_known_again_whatever_their_address(client: Client, provider: Provider) -> None:
    come_back(client)
    provider.claims["email"] = "married@example.com"
    come_back(Client())
    assert User.objects.count() == 1


def test_a_verified_address_leads_to_its_account(client: Client, provider: Provider, lena: User) -> None:
    provider.claims["email"] = "LENA@example.com"
    come_back(client)
    assert client.session["_auth_user_id"] == str(lena.pk)
    lena.refresh_from_db()
    assert lena.role == Role.TEAM_LEAD


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5])
def test_an_unverified_address_takes_over_nobody(client: Client, provider: Provider, lena: User, verified: Any) -> None:
    provider.claims |= {"email": "lena@example.com", "email_verified": verified}
    assert "not verified" in told(come_back(client))
    assert not is_in(client)
    assert User.objects.count() == 1


def test_a_provider_can_be_trusted_with_its_addresses(
    client: Client, provider: Provider, lena: User, settings: Settings
) -> None:
    settings.OIDC_TRUST_EMAIL = True
    provider.claims = {"sub": "lena-1", "email": "lena@example.com"}
    come_back(client)
    assert is_in(client)


def test_a_name_that_is_taken_leads_nowhere_else(client: Client, provider: Provider, ada: User) -> None:
    provider.claims["preferred_username"] = "Ada"
    come_back(client)
    assert User.objects.get(email="nora@example.com").username == "Ada-2"
    assert client.session["_auth_user_id"] != str(ada.pk)


def test_an_address_given_to_somebody_new_does_not_inherit(client: Client, provider: Provider) -> None:
    come_back(client)
    provider.claims["sub"] = "nora-2"
    other = Client()
    assert "somebody else" in told(come_back(other))
    assert not is_in(other)


@pytest.mark.parametrize("times", [1, 2])
def test_who_is_deactivated_is_refused(client: Client, provider: Provider, times: int) -> None:
    """On their first visit and on later ones."""
    if times == 2:
        come_back(Client())
        User.objects.update(is_active=False)
    else:
        make_user("nora", Role.VIEWER)
        User.objects.update(is_active=False)
    assert "not active" in told(come_back(client))
    assert not is_in(client)


def test_only_people_an_administrator_made(client: Client, provider: Provider, settings: Settings) -> None:
    settings.OIDC_CREATE = False
    assert "no account" in told(come_back(client))
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "lie",
    [
        {"state": "forged"},
        {"key": OTHER_KEY},
        {"userinfo_sub": "somebody-else"},
        {"error": "access_denied"},
        {"error": "server_error"},
        {"claims": {"email": "nora@example.com", "email_verified": True, "sub": ""}},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_what_does_not_fit_lets_nobody_in(client: Client, provider: Provider, lie: dict[str, Any]) -> None:
    for name, value in lie.items():
        setattr(provider, name, value)
    response = come_back(client)
    assert response.headers["Location"] == "/login/"
    assert told(response)
    assert not is_in(client)


def test_an_answer_works_in_the_browser_that_asked(client: Client, provider: Provider) -> None:
    there = client.get("/login/oidc/").headers["Location"]
    state = parse_qs(urlsplit(there).query)["state"][0]
    assert Client().get("/login/oidc/callback/", {"code": "one-code", "state": state}).headers["Location"] == "/login/"


def test_a_provider_that_is_away_is_told(client: Client, provider: Provider) -> None:
    provider.server.shutdown()
    provider.server.server_close()
    assert "did not work" in told(client.get("/login/oidc/"))


@pytest.mark.parametrize(("wanted", "reached"), [("/tasks", "/tasks"), ("https://evil.example/", "/")])
def test_it_leads_where_they_wanted_on_this_site(client: Client, provider: Provider, wanted: str, reached: str) -> None:
    assert come_back(client, f"?next={wanted}").headers["Location"] == reached


def test_a_second_factor_set_up_here_is_asked_for(client: Client, provider: Provider, lena: User) -> None:
    provider.claims["email"] = "lena@example.com"
    protect(lena)
    assert come_back(client).headers["Location"] == "/login/code/"
    assert not is_in(client)
    give(client, code_now())
    assert is_in(client)


def test_nobody_can_connect_an_identity_to_an_open_session(client: Client, provider: Provider, lena: User) -> None:
    client.force_login(lena)
    come_back(client, "?process=connect")
    assert client.session["_auth_user_id"] != str(lena.pk)


def test_it_is_closed_where_there_is_no_provider(client: Client) -> None:
    assert client.get("/login/oidc/").status_code == 404
    assert client.get("/login/oidc/callback/").status_code == 404
    assert b"Log in with" not in client.get("/login/").content
