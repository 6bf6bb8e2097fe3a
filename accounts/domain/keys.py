"""The text of a key: `tc_<prefix>_<secret>`. The prefix is public and finds the key, the secret proves it."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date, datetime, time, tzinfo

PREFIX_LENGTH = 12
_KEY = re.compile(rf"tc_([a-z0-9]{{{PREFIX_LENGTH}}})_([A-Za-z0-9_-]{{43,100}})", re.ASCII)


def key_text(prefix: str, secret: str) -> str:
    return f"tc_{prefix}_{secret}"


def parts_of(text: str) -> tuple[str, str] | None:
    """Return prefix and secret, or None when the text cannot be a key."""
    found = _KEY.fullmatch(text)
    return (found[1], found[2]) if found else None


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits: a slow hash would cost ingest and add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def proves(secret: str, digest: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest_of(secret), digest)


def start_of(day: date, zone: tzinfo) -> datetime:
    """Return when a key ends of which `day` is the first on which it no longer works."""
    return datetime.combine(day, time(), zone)
