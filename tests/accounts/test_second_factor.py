"""A second factor: asked for after the password, each code good for one use, kept sealed, required of some roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import second_factor
from accounts.domain.sealing import Sealed, seal, unseal
from accounts.models import Attempt, User
from accounts.queries import MOST_ATTEMPTS
from tests.accounts.test_login import log_in
from tests.apps import shown
from tests.cast import NOON, PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LATER = timedelta(minutes=5)


def protect(person: User) -> list[str]:
    """Set one up, some time ago."""
    at = timezone.now() - LATER
    return second_factor.set_up(person=person, secret=SECRET, code=shown(SECRET, at), at=at)


def code_now() -> str:
    return shown(SECRET, timezone.now())


def give(client: Client, code: str) -> Any:
    return client.post("/login/code/", {"code": code})


def is_in(client: Client) -> bool:
    return client.get("/profile").status_code == 200


def test_the_password_alone_does_not_let_in(client: Client, lena: User) -> None:
    protect(lena)
    assert log_in(client, name="lena").headers["Location"] == "/login/code/"
    assert not is_in(client)
    assert client.get("/api/v1/tasks").status_code == 401


def test_the_code_does(client: Client, lena: User) -> None:
    protect(lena)
    log_in(client, name="lena")
    before = client.session.session_key
    assert give(client, code_now()).status_code == 302
    assert is_in(client)
    assert client.session.session_key != before  # nobody can prepare a session for somebody else


def test_they_go_where_they_wanted(client: Client, lena: User) -> None:
    protect(lena)
    client.post("/login/", {"username": "lena", "password": PASSWORD, "next": "/tasks?from=2026-10"})
    assert give(client, code_now()).headers["Location"] == "/tasks?from=2026-10"


def test_a_code_without_a_password_leads_back(client: Client, lena: User) -> None:
    protect(lena)
    assert give(client, code_now()).headers["Location"] == "/login/"


@pytest.mark.parametrize("code", ["000000", "", "12345", "x" * 20])
def test_a_wrong_code_does_not(client: Client, lena: User, code: str) -> None:
    protect(lena)
    log_in(client, name="lena")
    assert give(client, code).status_code == 200
    assert not is_in(client)


def test_a_code_works_once(lena: User) -> None:
    protect(lena)
    now = timezone.now()
    answers = [second_factor.accepts(person=lena, code=shown(SECRET, now), at=now) for _ in range(2)]
    assert answers == [True, False]


def test_an_earlier_code_does_not_work_after_a_later_one(lena: User) -> None:
    protect(lena)
    now = timezone.now()
    assert second_factor.accepts(person=lena, code=shown(SECRET, now), at=now)
    assert not second_factor.accepts(person=lena, code=shown(SECRET, now - timedelta(seconds=30)), at=now)


@pytest.mark.parametrize(("seconds", "works"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_clocks_may_be_half_a_minute_off(lena: User, seconds: int, works: bool) -> None:
    protect(lena)
    code = shown(SECRET, NOON + timedelta(days=30, seconds=seconds))
    assert second_factor.accepts(person=lena, code=code, at=NOON + timedelta(days=30)) is works


def test_a_recovery_code_works_once(client: Client, lena: User) -> None:
    code = protect(lena)[3]
    for expected in (True, False):
        one = Client()
        log_in(one, name="lena")
        give(one, code)
        assert is_in(one) is expected
    assert second_factor.recovery_codes_left(lena) == 9


def test_guessing_is_stopped_wherever_it_comes_from(lena: User) -> None:
    protect(lena)
    for number in range(MOST_ATTEMPTS[Attempt.Kind.CODE]):
        guesser = Client(REMOTE_ADDR=f"192.0.2.{number}")
        log_in(guesser, name="lena", address=f"192.0.2.{number}")
        assert give(guesser, "000000").status_code == 200
    last = Client()
    log_in(last, name="lena")
    refused = give(last, code_now())
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert not is_in(last)


def test_somebody_deactivated_in_between_does_not_get_in(client: Client, lena: User) -> None:
    protect(lena)
    log_in(client, name="lena")
    User.objects.filter(pk=lena.pk).update(is_active=False)
    give(client, code_now())
    assert not is_in(client)


def test_secrets_are_kept_sealed(lena: User) -> None:
    protect(lena)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert "gAAAA" in kept


def test_a_new_secret_key_opens_what_a_former_one_sealed(lena: User, settings: Settings) -> None:
    protect(lena)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    assert second_factor.accepts(person=lena, code=code_now(), at=timezone.now())


def test_with_the_secret_key_lost_no_code_fits(lena: User, settings: Settings) -> None:
    code = protect(lena)[0]
    settings.SECRET_KEY = "another key"
    assert not second_factor.accepts(person=lena, code=code, at=timezone.now())


def test_what_is_sealed_opens_with_its_key_only() -> None:
    sealed = seal("secret", ["new", "old"])
    assert unseal(sealed, ["newest", "new"]) == "secret"
    for text, keys in ((sealed, ["old"]), (sealed[:-4] + "AAA=", ["new"]), ("", ["new"])):
        with pytest.raises(Sealed):
            unseal(text, keys)


def test_setting_up_needs_the_password_and_a_code(client: Client, lena: User) -> None:
    client.force_login(lena)
    page = client.get("/profile/second-factor")
    secret = page.context["secret"]
    code = shown(secret, timezone.now())
    for wrong in ({"code": "000000", "proof": PASSWORD}, {"code": code, "proof": "wrong"}):
        assert client.post("/profile/second-factor", wrong).status_code == 200
        assert not second_factor.is_set_up(lena)
    assert client.post("/profile/second-factor", {"code": code, "proof": PASSWORD}).status_code == 302
    assert second_factor.is_set_up(lena)


def test_recovery_codes_are_shown_once(client: Client, lena: User) -> None:
    client.force_login(lena)
    secret = client.get("/profile/second-factor").context["secret"]
    body = {"code": shown(secret, timezone.now()), "proof": PASSWORD}
    first = client.post("/profile/second-factor", body, follow=True)
    codes = first.context["codes"]
    assert len(codes) == 10
    again = client.get("/profile/recovery-codes")
    assert not any(code.encode() in again.content for code in codes)
    renewed = client.post("/profile/recovery-codes", {"proof": PASSWORD}, follow=True).context["codes"]
    assert not set(renewed) & set(codes)
    assert not second_factor.accepts(person=lena, code=codes[0], at=timezone.now())


def test_removing_needs_the_password(client: Client, lena: User) -> None:
    protect(lena)
    client.force_login(lena)
    assert client.post("/profile/second-factor", {"proof": "wrong"}).status_code == 200
    assert second_factor.is_set_up(lena)
    assert client.post("/profile/second-factor", {"proof": PASSWORD}).status_code == 302
    assert not Authenticator.objects.exists()


def test_an_open_window_cannot_guess_the_password(client: Client, lena: User) -> None:
    client.force_login(lena)
    for _ in range(MOST_ATTEMPTS[Attempt.Kind.PASSWORD]):
        assert client.post("/profile/second-factor", {"code": "1", "proof": "wrong"}).status_code == 200
    refused = client.post("/profile/second-factor", {"code": "1", "proof": PASSWORD})
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)


def test_the_page_of_a_person_offers_it(client: Client, lena: User, ada: User, fiona: User) -> None:
    protect(lena)
    address = f"/settings/people/{lena.pk}"
    client.force_login(fiona)
    assert client.post(f"{address}/second-factor").status_code == 403
    assert second_factor.is_set_up(lena)
    client.force_login(ada)
    assert b"Reset the second factor" in client.get(address).content
    assert client.post(f"{address}/second-factor").headers["Location"] == address
    assert not second_factor.is_set_up(lena)
    assert b"Reset the second factor" not in client.get(address).content


@pytest.mark.parametrize("path", ["/profile", "/report", "/settings", "/insurer"])
def test_who_needs_one_is_led_to_set_it_up(client: Client, ada: User, settings: Settings, path: str) -> None:
    settings.REQUIRE_MFA = ["administrator"]
    client.force_login(ada)
    assert client.get(path).headers["Location"] == "/profile/second-factor"
    assert client.get("/profile/second-factor").status_code == 200
    assert client.get("/api/v1/tasks").status_code == 403
    assert client.post("/logout/").headers["Location"] == "/login/"


def test_who_has_one_or_needs_none_is_not(client: Client, ada: User, lena: User, settings: Settings) -> None:
    settings.REQUIRE_MFA = ["administrator"]
    protect(ada)
    for person in (ada, lena):
        client.force_login(person)
        assert is_in(client)
