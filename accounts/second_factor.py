"""The second factor: a code from an app, new every 30 seconds, or one of ten recovery codes, each good for one use.

allauth keeps them and does their arithmetic. Which code was used last is kept with the secret, and not in a cache: the
web processes share no other memory, and a code must not work twice.
"""

from __future__ import annotations

import base64
from datetime import datetime

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.domain.sealing import Sealed
from accounts.models import User
from accounts.queries import role_of

STEP_SECONDS = 30
DRIFT = (-1, 0, 1)  # clocks of telephones are a few seconds off, and people take their time to type
LATEST = "latest_step"


class WrongCode(Exception):
    """The app does not show what it should: another secret, or a clock that is off."""


def is_set_up(person: User) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def is_missing(person: User) -> bool:
    """Whether the role needs one and there is none. Who signs in by OpenID Connect only has theirs there."""
    if role_of(person) not in settings.REQUIRE_MFA or not person.has_usable_password():
        return False
    return not is_set_up(person)


def new_secret() -> str:
    return str(generate_totp_secret())


def address_of(person: User, secret: str) -> str:
    """Return what an app reads from the picture."""
    return str(get_adapter().build_totp_url(person, secret))


def picture_of(address: str) -> str:
    """Return the QR code as a data: address."""
    drawing = get_adapter().build_totp_svg(address)
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


@transaction.atomic
def set_up(*, person: User, secret: str, code: str, at: datetime) -> list[str]:
    """Begin to ask for codes of this secret; return the recovery codes. Raises WrongCode."""
    step = _step_of(secret, code, at)
    if step is None:
        raise WrongCode("This is not the code that the app should show now.")
    User.objects.select_for_update().get(pk=person.pk)  # two windows at once set up one, not two
    Authenticator.objects.filter(user=person).delete()
    found = TOTP.activate(person, secret).instance
    found.data[LATEST] = step
    found.save(update_fields=["data"])
    return renew_recovery_codes(person=person)


@transaction.atomic
def renew_recovery_codes(*, person: User) -> list[str]:
    """Make ten new ones; the former end."""
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(person).get_unused_codes())


def recovery_codes_left(person: User) -> int:
    found = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    try:
        return len(RecoveryCodes(found).get_unused_codes()) if found else 0
    except Sealed:
        return 0


@transaction.atomic
def accepts(*, person: User, code: str, at: datetime) -> bool:
    """Whether this is a code of theirs, and not used yet; it is used now."""
    given = "".join(code.split())
    for found in Authenticator.objects.select_for_update().filter(user=person).order_by("pk"):
        try:
            if _takes(found, given, at):
                found.record_usage()
                return True
        except Sealed:  # SECRET_KEY was lost: an administrator resets the second factor
            continue
    return False


def remove(*, person: User) -> None:
    Authenticator.objects.filter(user=person).delete()


def _takes(found: Authenticator, code: str, at: datetime) -> bool:
    if found.type == Authenticator.Type.RECOVERY_CODES:
        return bool(RecoveryCodes(found).validate_code(code))
    step = _step_of(get_adapter().decrypt(found.data["secret"]), code, at)
    if step is None or step <= found.data.get(LATEST, -1):
        return False
    found.data[LATEST] = step
    found.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the 30 seconds whose code this is, counted from 1970."""
    now = int(at.timestamp()) // STEP_SECONDS
    for step in (now + drift for drift in DRIFT):
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), code):
            return step
    return None
