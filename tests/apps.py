"""An authenticator app: what it shows for a secret at a moment (RFC 6238, written anew)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from datetime import datetime


def shown(secret: str, at: datetime) -> str:
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", int(at.timestamp()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
