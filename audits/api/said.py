"""What a small JSON body says: texts by name, each by its own check."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from spend.domain.periods import Month
from spend.ingest.fields import UNSTORABLE

# Name of a field -> whether a text is good, and what is said of one that is not.
Checks = Mapping[str, tuple[Callable[[str], bool], str]]


def texts_of(body: Any, checks: Checks, *, needs: Collection[str]) -> dict[str, str]:
    """Return what a body says, all of it texts. Raises ValidationError, which names each bad field."""
    if not isinstance(body, dict):
        raise ValidationError({"record": ["must be an object"]})
    errors: dict[str, list[str]] = {name: ["is not a field"] for name in body if name not in checks}
    for name, (is_good, problem) in checks.items():
        value = body.get(name)
        if name not in body and name not in needs:
            continue
        if not isinstance(value, str) or UNSTORABLE.search(value) or not is_good(value):
            errors[name] = [problem]
    if errors:
        raise ValidationError(errors)
    return dict(body)


def is_month(text: str) -> bool:
    try:
        Month.parse(text)
    except ValueError:
        return False
    return True
