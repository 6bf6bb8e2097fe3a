"""What every test may use."""

import gc

import pytest

# A session holds real months of calls: to look through all of them for garbage time and again takes a tenth of it.
gc.set_threshold(50_000, 20, 1_000)

PLUGINS = ("cast", "completions", "database", "doors", "mail", "provider", "simulated", "strict")
pytest_plugins = [f"tests.{name}" for name in PLUGINS]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first: the last file of all must not keep one worker while the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name bytes by their number: 16 MiB are no name, and the workers must agree on packed ones, which hold a time."""
    return f"{len(val)}-{argname}" if isinstance(val, bytes) and not (val.isascii() and len(val) < 100) else None
