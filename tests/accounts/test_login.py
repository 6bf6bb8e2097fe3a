from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Attempt, User
from accounts.queries import ATTEMPT_WINDOW, MOST_ATTEMPTS
from tests.cast import PASSWORD

LOGIN_FAILURES = MOST_ATTEMPTS[Attempt.Kind.PASSWORD]

BASE = "<!doctype html><title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"


@pytest.fixture(autouse=True)
def _some_base(settings: Settings, tmp_path: Path) -> None:
    """Stand in for base.html where there is none yet."""
    (tmp_path / "base.html").write_text(BASE)
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], tmp_path]}]


def log_in(client: Client, *, password: str = PASSWORD, name: str = "ada", address: str = "192.0.2.1") -> Any:
    return client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def fail(client: Client, times: int = LOGIN_FAILURES, **options: str) -> None:
    for _ in range(times):
        assert log_in(client, password="wrong", **options).status_code == 200


def test_it_shows_a_form(client: Client, db: None) -> None:
    response = client.get("/login/")
    assert response.status_code == 200
    assert b'name="password"' in response.content


def test_it_lets_people_in_and_out(client: Client, ada: User) -> None:
    assert log_in(client).status_code == 302
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert client.post("/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_it_refuses_a_wrong_password(client: Client, ada: User) -> None:
    response = log_in(client, password="wrong")
    assert b'role="alert"' in response.content
    assert "_auth_user_id" not in client.session


def test_it_refuses_the_right_password_after_ten_failures(client: Client, ada: User) -> None:
    fail(client)
    response = log_in(client)
    assert response.status_code == 429
    assert b"Too many attempts" in response.content


def test_nine_failures_are_forgiven_and_forgotten(client: Client, ada: User) -> None:
    fail(client, LOGIN_FAILURES - 1)
    assert log_in(client).status_code == 302
    assert not Attempt.objects.exists()


def test_case_and_spaces_do_not_make_another_name(client: Client, ada: User) -> None:
    fail(client, name="Ada ")
    assert log_in(client).status_code == 429


def test_others_are_not_locked_out(client: Client, ada: User, fiona: User) -> None:
    fail(client)
    assert log_in(Client(), address="192.0.2.2").status_code == 302
    assert log_in(Client(), name="fiona").status_code == 302


def test_it_lets_them_try_again_after_a_quarter_of_an_hour(client: Client, ada: User) -> None:
    fail(client)
    Attempt.objects.update(at=timezone.now() - ATTEMPT_WINDOW - timedelta(seconds=1))
    assert log_in(client).status_code == 302


def test_old_failures_are_deleted(client: Client, ada: User) -> None:
    fail(client, 3)
    Attempt.objects.update(at=timezone.now() - ATTEMPT_WINDOW)
    fail(client, 1)
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("name", ["", "\x00", "ü" * 200])
def test_odd_names_are_only_wrong(client: Client, db: None, name: str) -> None:
    assert log_in(client, name=name).status_code == 200


def test_it_sends_nobody_to_another_site(client: Client, ada: User) -> None:
    data = {"username": "ada", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/login/", data).headers["Location"] == "/"
