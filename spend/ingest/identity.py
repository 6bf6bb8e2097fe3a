"""Keys and digests: what makes two records the same one, and what makes them say the same (R13).

Both are stored for ever: a change of their bytes turns every resend into a conflict. Tests hold golden values.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Literal
from uuid import UUID, SafeUUID

import msgspec

from spend.ingest.records import COST_STEP, Call, Correction, Incident, Kind, Outcome, Record, Withdrawal

KeyKind = Literal["call", "task", "lone_task", "correction", "incident"]

_DIGEST_HASHES = {
    kind: blake2b(digest_size=16, person=f"{kind} says".encode())
    for kind in ("call", "outcome", "correction", "incident")
}
_new_uuid = UUID.__new__
_set_int = vars(UUID)["int"].__set__
_set_is_safe = vars(UUID)["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown

_KINDS: dict[type, Kind] = {Outcome: "outcome", Correction: "correction", Incident: "incident"}
_STATUS, _PURPOSE = (field.default for field in msgspec.structs.fields(Call) if field.name in ("status", "purpose"))
# The fields of each type that make its content, with their defaults.
_FIELDS: dict[type, list[tuple[str, object]]] = {
    struct: [(field.name, field.default) for field in msgspec.structs.fields(struct) if field.name != "team"]
    for struct in (Outcome, Correction, Incident, Withdrawal)
}
_encode = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode


def key_of(kind: KeyKind, team_id: int, external_id: str) -> UUID:
    """Return the primary key of what `team_id` calls `external_id`.

    `lone_task` is the task of a call that names no task, by the id of that call: each kind hashes under its own
    personalisation, so that it never meets a task of the same name.
    """
    # UUID(bytes=...) takes three times as long, for arguments that cannot be wrong here.
    key = _new_uuid(UUID)
    _set_int(key, int.from_bytes(key_bytes_of(kind, team_id, external_id), "big"))
    _set_is_safe(key, _UNKNOWN)
    return key


def key_bytes_of(kind: KeyKind, team_id: int, external_id: str) -> bytes:
    """Return the same key as its 16 bytes: for masses of keys, which are compared and hashed far faster so."""
    hashed = _key_hash(kind, team_id).copy()
    hashed.update(external_id.encode())
    return hashed.digest()


@lru_cache(maxsize=4096)
def _key_hash(kind: KeyKind, team_id: int) -> blake2b:
    return blake2b(b"%d:" % team_id, digest_size=16, person=kind.encode())


def task_key_of(call: Call, team_id: int) -> UUID:
    """Return the key of the call's task, named or its own."""
    return UUID(bytes=task_key_bytes_of(call, team_id))


def task_key_bytes_of(call: Call, team_id: int) -> bytes:
    if call.task is None:
        return key_bytes_of("lone_task", team_id, call.id)
    return key_bytes_of("task", team_id, call.task)


def digest_of(record: Record) -> bytes:
    """Return 16 bytes that are equal for equal content, however it was spelled.

    The external id and the version are part of it, the team is not: a team's own key leaves it out, and records of
    different teams never meet. Fields equal to their default are left out, so that later fields change no old digest.
    """
    if isinstance(record, Call):
        return _hashed("call", _encode(record if _is_canonical(record) else _canonical(record)))
    kind = record.kind if isinstance(record, Withdrawal) else _KINDS[type(record)]
    return _hashed(kind, _encode(_content(record)))


def _hashed(kind: Kind, content: bytes) -> bytes:
    hashed = _DIGEST_HASHES[kind].copy()
    hashed.update(content)
    return hashed.digest()


def _is_canonical(call: Call) -> bool:
    """Whether equal calls encode to equal bytes as they are; msgspec leaves out defaults by identity only."""
    cost, status, purpose = call.cost_usd, call.status, call.purpose
    return (
        call.team is None
        and call.occurred_at.tzinfo is UTC
        and (cost is None or cost.same_quantum(COST_STEP))
        and (status is _STATUS or status != _STATUS)
        and (purpose is _PURPOSE or purpose != _PURPOSE)
    )


def _canonical(call: Call) -> Call:
    cost = call.cost_usd
    return msgspec.structs.replace(
        call,
        team=None,
        occurred_at=call.occurred_at.astimezone(UTC),
        cost_usd=None if cost is None else cost.quantize(COST_STEP),
        status=_STATUS if call.status == _STATUS else call.status,
        purpose=_PURPOSE if call.purpose == _PURPOSE else call.purpose,
    )


def _content(record: Record) -> dict[str, object]:
    content = {
        name: _plain(value) for name, default in _FIELDS[type(record)] if (value := getattr(record, name)) != default
    }
    if isinstance(record, Withdrawal):
        content["withdrawn"] = True
    return content


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, tuple):
        return [(link.name, _plain(link.weight)) for link in value]
    return value
