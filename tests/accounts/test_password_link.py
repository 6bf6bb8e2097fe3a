"""A forgotten password: a link by mail, for one use, that tells nobody whose addresses are known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import actions, jobs
from accounts.models import Attempt, User
from accounts.queries import ATTEMPT_WINDOW, MOST_ATTEMPTS
from tests.cast import PASSWORD
from tests.mail import Mailbox

NEW = "another staple for the horse"


@pytest.fixture
def wishes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page hands to the worker."""
    asked: list[str] = []
    monkeypatch.setattr(jobs.send_password_link, "delay", lambda email: asked.append(email))
    return asked


def ask(client: Client, email: str = "lena@example.com", **headers: str) -> Any:
    return client.post("/password-reset/", {"email": email}, **headers)


def follow(client: Client, link: str) -> Any:
    return client.get(urlsplit(link).path, follow=True)


def choose(client: Client, link: str, password: str = NEW) -> Any:
    page = follow(client, link)
    address = page.redirect_chain[-1][0]
    return client.post(address, {"new_password1": password, "new_password2": password})


def send(email: str = "lena@example.com") -> None:
    actions.send_password_link(email=email, at=timezone.now())


def test_the_answer_is_the_same_for_every_address(client: Client, lena: User, wishes: list[str]) -> None:
    known, unknown = ask(client), ask(Client(), "nobody@example.com")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert wishes == ["lena@example.com", "nobody@example.com"]


def test_the_page_looks_nobody_up(
    client: Client, lena: User, wishes: list[str], django_assert_num_queries: Any
) -> None:
    """So that the time an answer takes tells nothing; the worker finds out whose address it is."""
    with django_assert_num_queries(3) as known:
        ask(client)
    assert not [query for query in known.captured_queries if "accounts_user" in query["sql"]]


def test_the_mail_comes_once_in_plain_words(lena: User, mailbox: Mailbox, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://truecost.example.com"
    send()
    mail = mailbox.only()
    assert (mail["To"], mail["Subject"]) == ("lena@example.com", "Set a new password for Truecost")
    assert mail.get_content_type() == "text/plain"
    assert mailbox.link().startswith("https://truecost.example.com/password/")


def test_a_forged_host_does_not_get_into_the_mail(
    client: Client, lena: User, mailbox: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(jobs.send_password_link, "delay", lambda email: send(email))
    ask(client, HTTP_HOST="evil.example")
    assert "evil" not in mailbox.only().as_string()


@pytest.mark.parametrize("email", ["nobody@example.com", "", " "])
def test_nobody_else_gets_mail(lena: User, mailbox: Mailbox, email: str) -> None:
    User.objects.create_user("without-address", password=PASSWORD)
    send(email)
    assert mailbox.mails == []


def test_case_does_not_matter(lena: User, mailbox: Mailbox) -> None:
    send("Lena@Example.com")
    assert mailbox.only()["To"] == "lena@example.com"


def test_who_left_or_signs_in_elsewhere_gets_none(lena: User, victor: User, mailbox: Mailbox) -> None:
    User.objects.filter(pk=lena.pk).update(is_active=False)
    victor.set_unusable_password()
    victor.save(update_fields=["password"])
    send("lena@example.com")
    send("victor@example.com")
    assert mailbox.mails == []


def test_the_link_works_once(client: Client, lena: User) -> None:
    link = actions.password_link(lena)
    assert choose(client, link).status_code == 302
    lena.refresh_from_db()
    assert lena.check_password(NEW)
    assert b"no longer works" in follow(Client(), link).content


def test_it_expires(client: Client, lena: User) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=24, minutes=1)):
        link = actions.password_link(lena)
    assert b"no longer works" in follow(client, link).content


def test_it_is_of_one_person(client: Client, lena: User, ada: User) -> None:
    theirs, hers = (urlsplit(actions.password_link(person)).path.split("/") for person in (lena, ada))
    assert b"no longer works" in follow(client, "/".join([*theirs[:2], hers[2], *theirs[3:]])).content


def test_a_weak_password_is_refused(client: Client, lena: User) -> None:
    response = choose(client, actions.password_link(lena), "12345678")
    assert response.status_code == 200
    assert b"too common" in response.content


def test_it_ends_the_sessions_there_are(client: Client, lena: User) -> None:
    client.force_login(lena)
    choose(Client(), actions.password_link(lena))
    assert client.get("/report").status_code == 302


def test_asking_too_often_is_refused(client: Client, lena: User, wishes: list[str]) -> None:
    for _ in range(MOST_ATTEMPTS[Attempt.Kind.RESET]):
        assert ask(client).status_code == 302
    refused = ask(client)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == str(int(ATTEMPT_WINDOW.total_seconds()))
    assert ask(client, "other@example.com").status_code == 302


def test_nobody_is_flooded_from_many_addresses(lena: User, mailbox: Mailbox) -> None:
    for number in range(MOST_ATTEMPTS[Attempt.Kind.RESET] + 3):
        at, address = timezone.now(), f"192.0.2.{number}"
        actions.note_attempt(Attempt.Kind.RESET, name="lena@example.com", address=address, at=at)
        send()
    assert len(mailbox.mails) == MOST_ATTEMPTS[Attempt.Kind.RESET]


def test_a_mail_server_that_is_away_is_tried_again(lena: User, mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_PORT = 1
    with pytest.raises(actions.MailNotSent, match="did not take it"):
        send()
    assert actions.MailNotSent in jobs.send_password_link.autoretry_for


def test_an_invitation_is_mailed(client: Client, ada: User, claims: Any, mailbox: Mailbox) -> None:
    nora = actions.create_person(name="nora", role="viewer", password=None, teams=[claims], email="nora@example.com")
    assert actions.invite(person=nora, by=ada) is None
    assert "ada has made an account for you" in mailbox.only().get_content()
    assert choose(client, mailbox.link()).status_code == 302
    assert client.login(username="nora", password=NEW)


@pytest.mark.parametrize("has_address", [True, False])
def test_where_no_mail_goes_the_invitation_is_handed_over(
    client: Client, ada: User, settings: Settings, has_address: bool
) -> None:
    settings.MAIL_IS_SENT = not has_address
    email = "nora@example.com" if has_address else ""
    nora = actions.create_person(name="nora", role="viewer", password=None, teams=[], email=email)
    link = actions.invite(person=nora, by=ada)
    assert link is not None
    assert choose(client, link).status_code == 302
