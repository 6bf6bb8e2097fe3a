"""Reference data as the YAML file that `apply` reads (DESIGN 4.5.1), every number with its exact digits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import yaml

NUMBERS = {
    "hourly", "salary", "overhead", "productive_hours", "from_blended", "claimed_fail_rate", "input", "cache_read",
    "cache_write", "output", "manual_minutes", "value", "acceptance_days", "amount",
}  # fmt: skip
DATES = {"from", "to", "abandoned_on"}


class _Plain(yaml.SafeDumper):
    """Writes a number as its plain decimal text, unquoted and untagged."""


def _number(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    text = format(value, "f")
    return dumper.represent_scalar("tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int", text)


_Plain.add_representer(Decimal, _number)


def as_yaml(reference: dict[str, Any]) -> str:
    return yaml.dump(_exact(reference), Dumper=_Plain, sort_keys=False, allow_unicode=True)


def _exact(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _exact(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_exact(each, key) for each in value]
    if key in NUMBERS and value is not None:
        return Decimal(str(value))
    if key in DATES and isinstance(value, str):
        return date.fromisoformat(value)
    return value
