"""A real mail server on this machine, which keeps what it is given."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_django import Settings

from config import env
from tests.infra.processes import free_port


class Mailbox:
    """What came in, as its reader sees it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    def only(self) -> EmailMessage:
        assert len(self.mails) == 1, [mail["Subject"] for mail in self.mails]
        return self.mails[0]

    def link(self) -> str:
        """Return the address in the one mail, alone on its line."""
        (line,) = [line for line in self.only().get_content().splitlines() if line.startswith("http")]
        return line


@pytest.fixture
def mailbox(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """Mail is sent by SMTP, to this server."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{port}")
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    found = env.mail("EMAIL_URL")
    assert found is not None
    settings.EMAIL_HOST, settings.EMAIL_PORT = found.host, found.port
    yield box
    controller.stop()
