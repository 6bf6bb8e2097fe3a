"""Rules as they are stored, for as long as this version can read them."""

from __future__ import annotations

import logging
from typing import TypeVar

import msgspec

from spend.models import SourceMapping

Rules = TypeVar("Rules", bound=msgspec.Struct)
_log = logging.getLogger(__name__)


def rules_in(row: SourceMapping, kind: type[Rules]) -> Rules | None:
    """Return what is stored; None where it cannot be read any more: what would hold without it holds then."""
    try:
        return msgspec.convert(row.rules, kind)
    except msgspec.ValidationError as problem:
        _log.warning("mapping %s of team %s cannot be read and is not used: %s", row.kind, row.team_id, problem)
        return None
