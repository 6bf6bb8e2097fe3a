"""What every test may use."""

import pytest

pytest_plugins = ["tests.cast", "tests.database", "tests.doors", "tests.mail", "tests.provider", "tests.strict"]


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name bytes by their number: 16 MiB are no name, and the workers must agree on packed ones, which hold a time."""
    return f"{len(val)}-{argname}" if isinstance(val, bytes) and not (val.isascii() and len(val) < 100) else None
