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
# What nobody could send for this long is not news any more: the day mail is set up brings no flood of old mails.
MOST_LATE = timedelta(days=7)
TOO_LARGE = 552


class NotForThem(ValueError):
    """Whoever it was for was removed or can no longer log in: they see no figures any more."""


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
    server's answer and our commit leaves the mail waiting: it goes out again under the same Message-ID. Where the
    server itself is the trouble, the rest waits for the next round.
    """
    if not settings.MAIL_IS_SENT:
        return 0
    _give_up_old(at)
    sent = 0
    for _ in range(most):
        with transaction.atomic():
            due = Mail.objects.select_for_update(skip_locked=True).filter(state=Mail.State.WAITING, next_try_at__lte=at)
            mail = due.order_by("next_try_at", "pk").first()
            if mail is None:
                break
            if problem := _send(mail, at):
                if _is_of_server(problem):
                    break
            else:
                sent += 1
    return sent


def try_again(mail: Mail, *, at: datetime) -> None:
    """Give a mail that failed all its tries anew, to the address its person has now; one that waits goes at once."""
    address = mail.person.email if mail.person else ""
    again = {"state": Mail.State.WAITING, "attempts": 0, "next_try_at": at, "address": address or mail.address}
    Mail.objects.filter(pk=mail.pk).exclude(state=Mail.State.SENT).update(**again)


def message_id(key: str) -> str:
    """The same for each try, so that a reader's mail program shows it once."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{settings.PUBLIC_HOST}>"


def _give_up_old(at: datetime) -> None:
    waited = Mail.objects.filter(state=Mail.State.WAITING, next_try_at__lt=at - MOST_LATE)
    said = f"Not sent: it waited for more than {MOST_LATE.days} days."
    waited.update(state=Mail.State.FAILED, error=said)


def _send(mail: Mail, at: datetime) -> Exception | None:
    """Send it and write down what came of it; return what was in the way."""
    mail.attempts += 1
    try:
        if mail.person is None or not mail.person.is_active:
            raise NotForThem
        _message(mail).send()
    except (OSError, ValueError) as problem:  # SMTP's exceptions are OSErrors
        mail.error = _answer(problem)
        if _is_for_good(problem) or mail.attempts > len(PAUSES):
            mail.state = Mail.State.FAILED
        else:
            mail.next_try_at = at + PAUSES[mail.attempts - 1]
        mail.save()
        return problem
    mail.state, mail.sent_at, mail.error = Mail.State.SENT, at, ""
    mail.save()
    return None


def _message(mail: Mail) -> EmailMessage:
    headers = {"Message-ID": message_id(mail.key), "Auto-Submitted": "auto-generated"}
    message = EmailMessage(mail.subject, mail.body, to=[mail.address], headers=headers)
    for file in mail.files.order_by("pk"):
        message.attach(file.name, bytes(file.content), file.content_type)
    return message


def _is_for_good(problem: Exception) -> bool:
    """Say whether this mail will never be taken: what is none, or a code of the 500s to it (RFC 5321, 4.2.1).

    A login or a sender that is refused is not about the mail, but for 552: it is too large, said before its text.
    """
    if isinstance(problem, smtplib.SMTPSenderRefused):
        return problem.smtp_code == TOO_LARGE
    if isinstance(problem, ValueError):
        return True
    return _is_of_mail(problem) and any(code >= 500 for code, _ in _codes(problem))


def _is_of_mail(problem: Exception) -> bool:
    return isinstance(problem, (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused))


def _is_of_server(problem: Exception) -> bool:
    """Say whether the next mail would meet the same: nobody answers, or does not let in."""
    return isinstance(problem, OSError) and not _is_of_mail(problem)


def _answer(problem: Exception) -> str:
    if isinstance(problem, NotForThem):
        return "Not sent: whoever it was for can no longer log in."
    said = [f"{code} {text}" for code, text in _codes(problem)]
    return "; ".join(said) or f"{type(problem).__name__}: {problem}"


def _codes(problem: Exception) -> list[tuple[int, str]]:
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        answers.extend(problem.recipients.values())
    elif isinstance(problem, smtplib.SMTPResponseException):
        answers.append((problem.smtp_code, problem.smtp_error))
    return [(code, text.decode(errors="replace") if isinstance(text, bytes) else text) for code, text in answers]
