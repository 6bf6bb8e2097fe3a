"""Who an OpenID provider says somebody is, as one of our people; an address counts only if the provider verified it."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from accounts.models import Role, User

INACTIVE = "This account is not active. Ask your administrator."
UNVERIFIED = "Your e-mail address is not verified there, so it cannot tell who you are here."
TAKEN = "Your e-mail address belongs to an account that somebody else logs in to. Ask your administrator."
UNKNOWN = "There is no account for your e-mail address. Ask your administrator."
MIXED = "What the provider said of you does not fit together."
NAME_LENGTH = 140  # leaves room for a number


class NotWelcome(Exception):
    """Why they do not get in, in words for them."""


def person_of(said: dict[str, Any]) -> User:
    """Return who this is, on their first visit: known by a verified address, or new, as viewer of no team.

    `said` holds the claims of the ID token and of userinfo. Raises NotWelcome.
    """
    claims = _claims(said)
    email = _verified_email(claims)
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        if not settings.OIDC_CREATE:
            raise NotWelcome(UNKNOWN)
        return _create(claims, email)
    if not person.is_active:
        raise NotWelcome(INACTIVE)
    if SocialAccount.objects.filter(user=person).exists():  # the address was given to a new colleague
        raise NotWelcome(TAKEN)
    return person


def _claims(said: dict[str, Any]) -> dict[str, Any]:
    """Userinfo knows more, but must be of whom the ID token is (OpenID Connect Core, 5.3.2)."""
    token, info = said.get("id_token") or {}, said.get("userinfo") or {}
    if not token or (info and info.get("sub") != token.get("sub")):
        raise NotWelcome(MIXED)
    return {**token, **info}


def _verified_email(claims: dict[str, Any]) -> str:
    email = str(claims.get("email") or "").strip()
    is_verified = claims.get("email_verified") in (True, "true") or settings.OIDC_TRUST_EMAIL
    if not email or not is_verified:
        raise NotWelcome(UNVERIFIED)
    return email


@transaction.atomic
def _create(claims: dict[str, Any], email: str) -> User:
    wanted = str(claims.get("preferred_username") or email)[:NAME_LENGTH]
    person = User(
        username=_free_name(wanted),
        email=email,
        first_name=str(claims.get("given_name") or claims.get("name") or "")[:150],
        last_name=str(claims.get("family_name") or "")[:150],
        role=Role.VIEWER,
    )
    person.set_unusable_password()
    person.save()
    return person


def _free_name(wanted: str) -> str:
    """A name that is somebody's already is followed by a number: it never leads to their account."""
    name, number = wanted, 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{wanted}-{number}"
    return name
