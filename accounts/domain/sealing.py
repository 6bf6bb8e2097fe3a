"""Secrets that must be read back are kept encrypted: who has a copy of the database alone learns none of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

PURPOSE = b"truecost second factor"


class Sealed(Exception):
    """No key at hand opens it."""


def seal(text: str, keys: Sequence[str], purpose: bytes = PURPOSE) -> str:
    """Encrypt with the first of the keys; the others are former ones."""
    return _box(keys, purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, keys: Sequence[str], purpose: bytes = PURPOSE) -> str:
    """Return the text. Raises Sealed where none of the keys fits, it was changed, or sealed for another purpose."""
    try:
        return _box(keys, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as problem:
        raise Sealed from problem


def _box(keys: Sequence[str], purpose: bytes) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(key: str, purpose: bytes) -> bytes:
    """Derive a key for this purpose only; SECRET_KEY is long and random, so one round is enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(purpose + b"\x00" + key.encode()).digest())
