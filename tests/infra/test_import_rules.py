"""The import rules themselves: a rule cannot name a module that is not there yet, so this reminds whoever adds one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


# `api` is open: audits' lists stand at the address where spend takes calls.
@pytest.mark.parametrize("name", ["actions", "views", "jobs"])
def test_audits_never_acts_in_the_place_of_spend(name: str) -> None:
    exists = (ROOT / "spend" / name).is_dir() or (ROOT / "spend" / f"{name}.py").exists()
    (rule,) = [contract for contract in CONTRACTS if contract["name"].startswith("Audits reads spend")]
    assert (f"spend.{name}" in rule["forbidden_modules"]) == exists
