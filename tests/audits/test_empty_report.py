"""The report page of an installation without data."""

from __future__ import annotations

from django.test import Client

from accounts.models import User


def test_it_says_how_to_begin(client: Client, ada: User, victor: User) -> None:
    client.force_login(ada)
    text = client.get("/report").content.decode()
    assert "No calls yet" in text
    assert 'href="/start"' in text
    client.force_login(victor)
    assert "Once an administrator has connected" in client.get("/report").content.decode()
