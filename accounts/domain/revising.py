"""Whether what somebody is about to change is still what they saw."""

from __future__ import annotations

import json
from collections.abc import Mapping


def meanwhile(seen: str, current: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (name, as it was seen, as it is) for what changed since; `seen` is JSON text, empty for nothing seen.

    What cannot be read was seen by nobody: everything has changed then.
    """
    if not seen:
        return []
    try:
        known = json.loads(seen)
    except ValueError:
        known = {}
    was = {name: str(value) for name, value in known.items()} if isinstance(known, dict) else {}
    return [(name, was.get(name, "none"), value) for name, value in current.items() if was.get(name, "none") != value]
