"""A bad setting stops the start with its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

COLOURS = ("red", "blue")


@pytest.mark.parametrize(
    ("read", "bad"),
    [
        (lambda: env.choice("SETTING", COLOURS, "red"), "green"),
        (lambda: env.some_of("SETTING", COLOURS), "red,green"),
        (lambda: env.flag("SETTING", default=False), "perhaps"),
        (lambda: env.whole("SETTING", 1, least=0, most=10), "11"),
        (lambda: env.whole("SETTING", 1, least=0, most=10), "-1"),
        (lambda: env.whole("SETTING", 1, least=0, most=10), "1.5"),
        (lambda: env.zone("SETTING", "UTC"), "Mars/Olympus"),
        (lambda: env.zone("SETTING", "UTC"), "../etc/passwd"),
        (lambda: env.origin("SETTING", "http://127.0.0.1"), "truecost.example.com"),
        (lambda: env.database("SETTING"), "mysql://somewhere/else"),
        (lambda: env.database("SETTING"), "postgresql://somewhere"),
        (lambda: env.issuer("SETTING"), "login.example.com"),
        (lambda: env.issuer("SETTING"), "http://login.example.com"),
        (lambda: env.mail("SETTING"), "mail.example.com"),
        (lambda: env.mail("SETTING"), "smtp://"),
        (lambda: env.mail("SETTING"), "smtp://mail.example.com:99999"),
    ],
)
def test_it_names_the_setting(monkeypatch: pytest.MonkeyPatch, read, bad: str) -> None:
    monkeypatch.setenv("SETTING", bad)
    with pytest.raises(ImproperlyConfigured, match="SETTING"):
        read()


def test_it_never_repeats_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "postgresql://me:hush@somewhere")
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database("SETTING")
    assert "hush" not in str(refusal.value)
    monkeypatch.setenv("SETTING", "mail://me:hush@somewhere")
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.mail("SETTING")
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 25, "", "", False, False)),
        ("smtp+tls://me:p%40ss@mail.example.com", ("mail.example.com", 587, "me", "p@ss", True, False)),
        ("smtps://me:hush@mail.example.com:4465", ("mail.example.com", 4465, "me", "hush", False, True)),
    ],
)
def test_a_mail_server_is_an_address(monkeypatch: pytest.MonkeyPatch, value: str, expected: tuple[Any, ...]) -> None:
    monkeypatch.setenv("SETTING", value)
    assert env.mail("SETTING") == expected


def test_links_begin_with_the_public_address_and_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", "https://truecost.example.com:8443/")
    assert env.address("SETTING", "http://127.0.0.1") == "https://truecost.example.com:8443"


def test_an_empty_setting_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTING", " ")
    assert env.zone("SETTING", "UTC") == "UTC"
    assert env.names("SETTING", ("production",)) == ["production"]


def test_the_secret_key_is_made_once_and_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = env.secret_key(tmp_path / "var")
    assert len(first) >= 50
    assert env.secret_key(tmp_path / "var") == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600
