"""The outbox: each mail goes out once, again only after a refusal, whoever sends and whatever dies."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from audits.actions.mail import PAUSES, deliver, message_id, queue, try_again
from audits.models import Mail, MailFile
from tests.cast import NOON
from tests.mail import Mailbox

pytestmark = pytest.mark.django_db


def queued(person: User, key: str = "digest:1", *files: MailFile) -> Mail:
    queue(key, person, "Truecost: October 2026", "It cost $1.\n", at=NOON, files=files)
    return Mail.objects.get(key=key)


def test_what_is_queued_arrives_with_what_it_brings(mailbox: Mailbox, ada: User) -> None:
    file = MailFile.objects.create(name="a.pdf", content_type="application/pdf", content=b"%PDF-\n\x00", made_at=NOON)
    queued(ada, "digest:1", file)
    assert deliver(at=NOON) == 1
    mail = mailbox.only()
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Truecost: October 2026")
    [brought] = mail.iter_attachments()
    assert (brought.get_filename(), brought.get_content()) == ("a.pdf", b"%PDF-\n\x00")
    kept = Mail.objects.get()
    assert (kept.state, kept.sent_at, kept.attempts) == ("sent", NOON, 1)


def test_what_was_queued_or_sent_is_not_queued_again(mailbox: Mailbox, ada: User) -> None:
    queued(ada)
    deliver(at=NOON)
    assert not queue("digest:1", ada, "Again", "", at=NOON)
    assert deliver(at=NOON) == 0
    mailbox.only()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_once(mailbox: Mailbox, ada: User) -> None:
    for number in range(6):
        queued(ada, f"digest:{number}")

    def work(_: int) -> int:
        try:
            return deliver(at=NOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        assert sum(workers.map(work, range(2))) == 6
    assert sorted(mail["Message-ID"] for mail in mailbox.mails) == sorted(message_id(f"digest:{n}") for n in range(6))


def test_a_refusal_that_may_pass_is_tried_again(mailbox: Mailbox, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["451 Try later", "250 OK"]
    took = mailbox.handle_DATA

    async def refuse(server: Any, session: Any, envelope: Any) -> str:
        answer = answers.pop(0)
        return await took(server, session, envelope) if answer.startswith("250") else answer

    monkeypatch.setattr(mailbox, "handle_DATA", refuse)
    queued(ada)
    assert deliver(at=NOON) == 0
    waits = Mail.objects.get()
    assert (waits.state, waits.error, waits.next_try_at) == ("waiting", "451 Try later", NOON + PAUSES[0])
    assert deliver(at=NOON) == 0, "not before its time"
    assert deliver(at=waits.next_try_at) == 1
    assert mailbox.only()["Message-ID"] == message_id("digest:1")


def test_a_server_that_is_away_is_waited_for_and_given_up_in_the_end(
    mailbox: Mailbox, ada: User, settings: Settings
) -> None:
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    queued(ada)
    at = NOON
    for pause in PAUSES:
        deliver(at=at)
        at += pause
    assert Mail.objects.get().state == "waiting"
    deliver(at=at)
    failed = Mail.objects.get()
    assert (failed.state, failed.attempts) == ("failed", len(PAUSES) + 1)
    assert "refused" in failed.error
    settings.EMAIL_PORT = there
    assert deliver(at=at + timedelta(days=9)) == 0
    try_again(failed, at=at)
    assert deliver(at=at) == 1


def test_an_address_that_is_refused_for_good_fails_at_once_and_holds_nobody_up(
    mailbox: Mailbox, ada: User, fiona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_such_user(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("ada"):
            return "550 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(mailbox, "handle_RCPT", no_such_user, raising=False)
    queued(ada), queued(fiona, "digest:2")
    assert deliver(at=NOON) == 1
    assert mailbox.only()["To"] == "fiona@example.com"
    failed = Mail.objects.get(state="failed")
    assert (failed.address, failed.error) == ("ada@example.com", "550 No such user")


def test_a_login_that_is_refused_fails_no_mail_and_is_tried_with_one_only(
    mailbox: Mailbox, ada: User, fiona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password that ran out is not about the mail: they wait until it is put right."""
    queued(ada), queued(fiona, "digest:2")

    def refused(*args: Any) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"5.7.8 No such password")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "open", refused)
        assert deliver(at=NOON) == 0
    tried, untouched = Mail.objects.order_by("pk")
    assert (tried.state, tried.attempts, tried.error) == ("waiting", 1, "535 5.7.8 No such password")
    assert (untouched.state, untouched.attempts) == ("waiting", 0)
    assert deliver(at=tried.next_try_at) == 2


@pytest.mark.parametrize(("answer", "state"), [("550 Not from you", "waiting"), ("552 Too large", "failed")])
def test_a_sender_that_is_refused_may_be_set_right_but_a_mail_too_large_stays_so(
    mailbox: Mailbox, ada: User, monkeypatch: pytest.MonkeyPatch, answer: str, state: str
) -> None:
    async def refuse(*args: Any) -> str:
        return answer

    monkeypatch.setattr(mailbox, "handle_MAIL", refuse, raising=False)
    queued(ada)
    deliver(at=NOON)
    assert Mail.objects.values_list("state", "error").get() == (state, answer)


def test_who_can_no_longer_log_in_gets_nothing_that_waits(mailbox: Mailbox, ada: User, fiona: User) -> None:
    queued(ada), queued(fiona, "digest:2")
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert deliver(at=NOON) == 1
    assert mailbox.only()["To"] == "fiona@example.com"
    failed = Mail.objects.get(state="failed")
    assert "can no longer log in" in failed.error


def test_tried_again_it_goes_to_the_address_that_was_put_right(mailbox: Mailbox, ada: User) -> None:
    mail = queued(ada)
    Mail.objects.update(state="failed", attempts=1, error="550 No such user")
    User.objects.filter(pk=ada.pk).update(email="ada@right.example")
    try_again(Mail.objects.get(pk=mail.pk), at=NOON)
    assert deliver(at=NOON) == 1
    assert mailbox.only()["To"] == "ada@right.example"


def test_what_waited_for_weeks_for_a_mail_server_is_not_news_any_more(mailbox: Mailbox, ada: User) -> None:
    queued(ada)
    much_later = NOON + timedelta(days=8)
    queue("digest:2", ada, "Fresh", "", at=much_later)
    assert deliver(at=much_later) == 1
    assert mailbox.only()["Subject"] == "Fresh"
    assert Mail.objects.get(state="failed").error == "Not sent: it waited for more than 7 days."


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_after_the_server_took_it_sends_it_again_as_the_same_mail(
    mailbox: Mailbox, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of both happened nobody can know; a mail program shows two of one Message-ID as one."""
    queued(ada)

    def dies(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(Mail, "save", dies)
        with pytest.raises(Exception, match="terminat"):
            deliver(at=NOON)
    connection.close()
    assert deliver(at=timezone.now()) == 1
    assert [mail["Message-ID"] for mail in mailbox.mails] == [message_id("digest:1")] * 2


def test_without_a_mail_server_mails_wait(ada: User, settings: Settings) -> None:
    settings.MAIL_IS_SENT = False
    queued(ada)
    assert deliver(at=NOON) == 0
    assert Mail.objects.get().state == "waiting"


def test_a_line_break_in_a_name_makes_no_header(mailbox: Mailbox, ada: User) -> None:
    queue("digest:1", ada, "Alert: a\r\nBcc: eve@example.com", "", at=NOON)
    assert deliver(at=NOON) == 1
    assert mailbox.only()["Bcc"] is None
