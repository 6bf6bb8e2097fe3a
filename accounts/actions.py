"""Keys are made, revoked and recognised; attempts are counted; people are made and sent links; teams are written."""

from __future__ import annotations

import secrets
import string
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.domain.keys import PREFIX_LENGTH, key_text, parts_of, proves
from accounts.domain.keys import digest_of as digest_of_secret
from accounts.models import ApiKey, Attempt, Membership, Role, Scope, Team, User
from accounts.queries import ATTEMPT_WINDOW, administrators, is_flooded, name_tried, person_to_remind

PREFIX_LETTERS = string.ascii_lowercase + string.digits
SECRET_BYTES = 32
EMAIL_LINK = "accounts.email"

# A key is looked up once in this time by each web process. So a revoked key works this long at most: short enough for
# a revocation to feel immediate, long enough to take the look-up off the path of a client that posts all the time.
CACHE_SECONDS = 5
CACHE_SIZE = 1_000
LAST_USED_STEP = timedelta(minutes=1)

_cache: dict[str, tuple[datetime, ApiKey]] = {}


class BadKey(Exception):
    """The key cannot be made as asked."""


def create_key(
    *,
    name: str,
    scopes: Collection[str],
    team: Team | None,
    at: datetime,
    expires_at: datetime | None = None,
    by: User | None = None,
) -> tuple[ApiKey, str]:
    """Make a key of one team, or of all (None); return it with its text, which nobody can ever see again."""
    if not scopes:
        raise BadKey("a key needs at least one scope")
    if unknown := sorted(set(scopes) - set(Scope.values)):
        raise BadKey(f"unknown scope: {', '.join(unknown)}; there are {', '.join(Scope.values)}")
    if expires_at is not None and expires_at <= at:
        raise BadKey("the key would have expired already")
    prefix = "".join(secrets.choice(PREFIX_LETTERS) for _ in range(PREFIX_LENGTH))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_digest=digest_of_secret(secret),
        team=team,
        scopes=sorted(set(scopes), key=Scope.values.index),
        created_at=at,
        expires_at=expires_at,
        created_by=by,
    )
    return key, key_text(prefix, secret)


def revoke_key(*, key: ApiKey, at: datetime) -> None:
    """End a key for good; other processes notice within CACHE_SECONDS. A second time changes nothing."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    key.refresh_from_db(fields=["revoked_at"])
    _cache.pop(key.prefix, None)


def authenticate_key(text: str, at: datetime) -> ApiKey | None:
    """Return the key this text is; None when it is unknown, wrong, expired or revoked: nobody is told which."""
    parts = parts_of(text)
    if parts is None:
        return None
    prefix, secret = parts
    key = _look_up(prefix, at)
    if key is None or not proves(secret, key.secret_digest):
        return None
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= at):
        return None
    _note_use(key, at)
    return key


def _look_up(prefix: str, at: datetime) -> ApiKey | None:
    """Only keys that exist are remembered, so that strangers cannot fill the memory."""
    if prefix in _cache:
        seen_at, key = _cache[prefix]
        if abs((at - seen_at).total_seconds()) < CACHE_SECONDS:
            return key
    found = ApiKey.objects.filter(prefix=prefix).first()
    if found is None:
        _cache.pop(prefix, None)
        return None
    if len(_cache) >= CACHE_SIZE:
        _cache.clear()
    _cache[prefix] = (at, found)
    return found


def _note_use(key: ApiKey, at: datetime) -> None:
    """Write `last_used_at` at most once a minute."""
    if key.last_used_at is not None and at - key.last_used_at < LAST_USED_STEP:
        return
    key.last_used_at = at
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - LAST_USED_STEP)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)


def note_attempt(kind: Attempt.Kind, *, name: str, address: str, at: datetime) -> None:
    """Count one, and forget those that no longer count."""
    Attempt.objects.filter(at__lte=at - ATTEMPT_WINDOW).delete()
    Attempt.objects.create(kind=kind, name=name_tried(name), address=address, at=at)


def forget_attempts(kind: Attempt.Kind, *, name: str, address: str) -> None:
    """Who got in starts at zero."""
    Attempt.objects.filter(kind=kind, name=name_tried(name), address=address).delete()


def create_person(
    *,
    name: str,
    role: str,
    password: str | None,
    teams: Collection[Team],
    email: str = "",
    first_name: str = "",
    last_name: str = "",
) -> User:
    """Make somebody who may log in; `teams` are those of a team lead or viewer.

    Without a password they get in by an invitation, see `invite`; without an address nothing can be sent to them.
    """
    names = {"first_name": first_name, "last_name": last_name}
    person = User.objects.create_user(name, email=email, password=password, role=role, **names)
    Membership.objects.bulk_create(Membership(user=person, team=team) for team in teams)
    return person


class LastAdministrator(Exception):
    """Nobody would be left who can handle people."""


@transaction.atomic
def change_person(
    *,
    person: User,
    first_name: str,
    last_name: str,
    email: str,
    role: str,
    teams: Collection[Team],
    is_active: bool,
) -> None:
    """Write what is known of somebody. Nobody is deleted: who is not active is nobody, at once, and can come back.

    Raises LastAdministrator, with nothing written.
    """
    others = [other for other in administrators().select_for_update() if other.pk != person.pk]
    if not others and not (is_active and role == Role.ADMINISTRATOR):
        raise LastAdministrator("Somebody must be left who is an administrator and active.")
    person.first_name, person.last_name, person.email = first_name, last_name, email
    person.role, person.is_active = role, is_active
    if role != Role.ADMINISTRATOR:
        person.is_superuser = False
    person.save(update_fields=["first_name", "last_name", "email", "role", "is_active", "is_superuser"])
    person.teams.set(teams)


class MailNotSent(Exception):
    """The mail server did not take the mail; what it said is the cause."""


def password_link(person: User) -> str:
    """Return the address at which this person sets a password: for PASSWORD_LINK_HOURS, until they do or log in."""
    who = urlsafe_base64_encode(force_bytes(person.pk))
    token = default_token_generator.make_token(person)
    return settings.PUBLIC_URL + reverse("password-set", kwargs={"uidb64": who, "token": token})


def invite(*, person: User, by: User) -> str | None:
    """Mail them a link to set a password, and return None; where none can be sent, return the link to hand over.

    Who never had a password is told of the account, everybody else how to set a new one. The link shows a password to
    nobody, but whoever has it becomes this person: show it once. Raises MailNotSent.
    """
    link = password_link(person)
    if not settings.MAIL_IS_SENT or not person.email:
        return link
    template = "password_link" if person.has_usable_password() else "invitation"
    _send(template, person, link=link, by=by.get_full_name() or by.get_username())
    return None


def send_password_link(*, email: str, at: datetime) -> None:
    """Mail a link to whom this address belongs, if to anybody; not again and again. Raises MailNotSent."""
    person = person_to_remind(email)
    if person is None or is_flooded(Attempt.Kind.RESET, name=email, at=at):
        return
    _send("password_link", person, link=password_link(person))


class BadEmailLink(Exception):
    """The link is not complete, has expired, was used, or the address now belongs to somebody else."""


def send_email_link(*, person: User, email: str) -> None:
    """Ask a new address whether it is theirs, and tell the former. Raises MailNotSent."""
    token = signing.dumps([person.pk, person.email, email], salt=EMAIL_LINK)
    link = settings.PUBLIC_URL + reverse("email-confirm", kwargs={"token": token})
    _send("email_link", person, to=email, link=link)
    if person.email:
        _send("email_changes", person, email=email)


def email_in(token: str) -> tuple[User, str]:
    """Return whose new address it is, and which. Raises BadEmailLink."""
    try:
        pk, former, email = signing.loads(token, salt=EMAIL_LINK, max_age=settings.PASSWORD_RESET_TIMEOUT)
    except signing.BadSignature as problem:
        raise BadEmailLink from problem
    person = User.objects.filter(pk=pk, email=former, is_active=True).first()
    if person is None:
        raise BadEmailLink
    return person, email


def take_email(*, person: User, email: str) -> None:
    """Give them the address; nobody else may have it. Raises BadEmailLink."""
    try:
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(email=email)
    except IntegrityError as problem:
        raise BadEmailLink from problem


def name_person(*, person: User, first_name: str, last_name: str) -> None:
    User.objects.filter(pk=person.pk).update(first_name=first_name, last_name=last_name)


def _send(template: str, person: User, *, to: str = "", **words: str) -> None:
    """Send what the template says to them, or to another address; its first line is the subject."""
    words = {**words, "hours": str(settings.PASSWORD_RESET_TIMEOUT // 3600)}
    text = render_to_string(f"accounts/mail/{template}.txt", {**words, "person": person, "site": settings.PUBLIC_URL})
    subject, _, body = text.partition("\n")
    try:
        EmailMessage(subject.strip(), body.strip() + "\n", to=[to or person.email]).send()
    except OSError as problem:
        raise MailNotSent(f"The mail server did not take it: {problem}") from problem


def write_team(*, name: str, cost_centre: str) -> None:
    Team.objects.update_or_create(name=name, defaults={"cost_centre": cost_centre})


def change_team(*, team: Team, name: str, cost_centre: str) -> None:
    """Give a team another name or cost centre. What was recorded stays with it, and its former name means nobody."""
    team.name, team.cost_centre = name, cost_centre
    team.save(update_fields=["name", "cost_centre"])
