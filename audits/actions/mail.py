"""Queue mails, and send those that are due: each once, again after a refusal that may pass."""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from accounts.models import User
from audits.models import Mail, MailFile

# After the n-th refusal; after the last one it has failed, about two days after it was queued.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
NOT_SET_UP = "Mail is not set up: EMAIL_URL is empty."


def queue(key: str, person: User, subject: str, body: str, *, at: datetime, files: Iterable[MailFile] = ()) -> bool:
    """Put a mail into the outbox; return False where that of `key` is there already, whatever became of it."""
    if not person.email:
        return False
    with transaction.atomic():
        mail, is_new = Mail.objects.get_or_create(
            key=key,
            defaults={
                "person": person, "address": person.email, "subject": " ".join(subject.split())[:200], "body": body,
                "queued_at": at, "next_try_at": at,
            },
        )  # fmt: skip
        if is_new:
            mail.files.set(files)
    return is_new


def deliver(*, at: datetime, most: int = 100) -> int:
    """Send what is due at `at`, at most `most` mails; return how many left.

    A mail is locked while it is sent, so that two workers never send the same one. A worker that dies between the
    server's answer and our commit leaves the mail waiting: it goes out again under the same Message-ID.
    """
    if not settings.MAIL_IS_SENT:
        return 0
    sent = 0
    for _ in range(most):
        with transaction.atomic():
            due = Mail.objects.select_for_update(skip_locked=True).filter(state=Mail.State.WAITING, next_try_at__lte=at)
            mail = due.order_by("next_try_at", "pk").first()
            if mail is None:
                break
            sent += _send(mail, at)
    return sent


def try_again(mail: Mail, *, at: datetime) -> None:
    """Give a mail that failed all its tries anew; one that waits goes at once."""
    again = {"state": Mail.State.WAITING, "attempts": 0, "next_try_at": at}
    Mail.objects.filter(pk=mail.pk).exclude(state=Mail.State.SENT).update(**again)


def message_id(key: str) -> str:
    """The same for each try, so that a reader's mail program shows it once."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{settings.PUBLIC_HOST}>"


def _send(mail: Mail, at: datetime) -> bool:
    mail.attempts += 1
    try:
        _message(mail).send()
    except (OSError, ValueError) as problem:  # SMTP's exceptions are OSErrors
        mail.error = _answer(problem)
        is_last = _is_for_good(problem) or mail.attempts > len(PAUSES)
        if is_last:
            mail.state = Mail.State.FAILED
        else:
            mail.next_try_at = at + PAUSES[mail.attempts - 1]
        mail.save()
        return False
    mail.state, mail.sent_at, mail.error = Mail.State.SENT, at, ""
    mail.save()
    return True


def _message(mail: Mail) -> EmailMessage:
    headers = {"Message-ID": message_id(mail.key), "Auto-Submitted": "auto-generated"}
    message = EmailMessage(mail.subject, mail.body, to=[mail.address], headers=headers)
    for file in mail.files.order_by("pk"):
        message.attach(file.name, bytes(file.content), file.content_type)
    return message


def _is_for_good(problem: Exception) -> bool:
    """A code of the 500s means that this mail will never be taken (RFC 5321, 4.2.1); nor will what is no mail."""
    return isinstance(problem, ValueError) or any(code >= 500 for code, _ in _codes(problem))


def _answer(problem: Exception) -> str:
    said = [f"{code} {text}" for code, text in _codes(problem)]
    return "; ".join(said) or f"{type(problem).__name__}: {problem}"


def _codes(problem: Exception) -> list[tuple[int, str]]:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        answers = list(problem.recipients.values())
    elif isinstance(problem, smtplib.SMTPResponseException):
        answers = [(problem.smtp_code, problem.smtp_error)]
    else:
        answers = []
    return [(code, text.decode(errors="replace") if isinstance(text, bytes) else text) for code, text in answers]
