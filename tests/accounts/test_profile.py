"""One's own page: what people see of themselves, and may change."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError
from django.test import Client
from pytest_django import Settings

from accounts.actions import create_key
from accounts.models import Role, User
from tests.accounts.test_login import log_in
from tests.cast import NOON, PASSWORD, make_user
from tests.mail import Mailbox

NEW = "another staple for the horse"


@pytest.fixture
def hers(client: Client, lena: User) -> Client:
    client.force_login(lena)
    return client


def test_it_shows_role_teams_and_own_keys(client: Client, ada: User, fiona: User, claims) -> None:
    create_key(name="gateway of ada", scopes=["read"], team=claims, at=NOON, by=ada)
    create_key(name="gateway of fiona", scopes=["read"], team=claims, at=NOON, by=fiona)
    client.force_login(ada)
    page = client.get("/profile").content
    assert b"Administrator" in page
    assert b"gateway of ada" in page
    assert b"gateway of fiona" not in page


def test_the_name_can_be_changed_and_nothing_else(hers: Client, lena: User) -> None:
    body = {
        "first_name": "Lena",
        "last_name": "Lang",
        "role": "administrator",
        "username": "x",
        "email": "x@example.com",
    }
    assert hers.post("/profile", body).status_code == 302
    lena.refresh_from_db()
    assert (lena.get_full_name(), lena.role, lena.username, lena.email) == (
        "Lena Lang", Role.TEAM_LEAD, "lena", "lena@example.com",
    )  # fmt: skip


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(hers: Client, lena: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(lena)
    body = {"new_password1": NEW, "new_password2": NEW}
    assert hers.post("/profile/password", {**body, "proof": "wrong"}).status_code == 200
    assert elsewhere.get("/profile").status_code == 200
    assert hers.post("/profile/password", {**body, "proof": PASSWORD}).status_code == 302
    assert hers.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 302
    assert Client().login(username="lena", password=NEW)


@pytest.mark.parametrize(("new", "again"), [("12345678", "12345678"), (NEW, "something else")])
def test_a_bad_new_password_is_explained(hers: Client, lena: User, new: str, again: str) -> None:
    response = hers.post("/profile/password", {"proof": PASSWORD, "new_password1": new, "new_password2": again})
    assert b'role="alert"' in response.content
    lena.refresh_from_db()
    assert lena.check_password(PASSWORD)


def test_a_new_address_is_theirs_once_confirmed(hers: Client, lena: User, mailbox: Mailbox) -> None:
    assert hers.post("/profile/email", {"email": "l@example.org", "proof": PASSWORD}).status_code == 302
    to_new, to_former = mailbox.mails
    assert (to_new["To"], to_former["To"]) == ("l@example.org", "lena@example.com")
    mailbox.mails.pop()
    path = urlsplit(mailbox.link()).path
    assert Client().get(path).status_code == 200  # looking into a mail confirms nothing
    lena.refresh_from_db()
    assert lena.email == "lena@example.com"
    Client().post(path)
    lena.refresh_from_db()
    assert lena.email == "l@example.org"
    assert b"no longer works" in Client().post(path).content


def test_it_needs_the_password(hers: Client, mailbox: Mailbox) -> None:
    assert hers.post("/profile/email", {"email": "l@example.org", "proof": "wrong"}).status_code == 200
    assert mailbox.mails == []


def test_an_address_of_somebody_else_is_refused_whenever_they_got_it(
    hers: Client, lena: User, fiona: User, mailbox: Mailbox
) -> None:
    response = hers.post("/profile/email", {"email": "FIONA@example.com", "proof": PASSWORD})
    assert b"belongs to an account already" in response.content
    hers.post("/profile/email", {"email": "l@example.org", "proof": PASSWORD})
    User.objects.filter(pk=fiona.pk).update(email="l@example.org")
    mailbox.mails.pop()
    assert b"no longer works" in Client().post(urlsplit(mailbox.link()).path).content


def test_an_address_belongs_to_one_person(lena: User) -> None:
    with pytest.raises(IntegrityError, match="one_person_per_email"):
        User.objects.create_user("other", email="LENA@example.com")


def test_a_mail_server_that_is_away_is_told(hers: Client, mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_PORT = 1
    response = hers.post("/profile/email", {"email": "l@example.org", "proof": PASSWORD})
    assert b"did not take it" in response.content


@pytest.mark.parametrize("given", ["lena@example.com", "LENA@Example.com"])
def test_the_address_logs_in_as_well_as_the_name(client: Client, lena: User, given: str) -> None:
    assert log_in(client, name=given).status_code == 302
    assert client.session["_auth_user_id"] == str(lena.pk)


def test_a_name_that_looks_like_an_address_is_a_name(client: Client, lena: User) -> None:
    other = make_user("lena@example.com", Role.VIEWER)
    User.objects.filter(pk=other.pk).update(email="")
    log_in(client, name="lena@example.com")
    assert client.session["_auth_user_id"] == str(other.pk)


def test_who_is_deactivated_is_out_at_once(hers: Client, lena: User) -> None:
    User.objects.filter(pk=lena.pk).update(is_active=False)
    assert hers.get("/profile").status_code == 302


def test_nobody_is_logged_out_by_a_link(hers: Client) -> None:
    assert hers.get("/logout/").status_code == 405
    assert hers.get("/profile").status_code == 200
