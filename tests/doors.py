"""The two ways by which many records come in."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.product import Product, Record

DOORS = ("rest", "import")


class Door:
    """Takes batches of records by REST, or as one file by the import command."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    def take(self, product: Product, kind: str, batches: Iterable[Sequence[Record]]) -> None:
        if self.name == "rest":
            product.send((kind, batch) for batch in batches)
            return
        file = self._folder / f"{kind}.ndjson.gz"
        with gzip.open(file, "wt", compresslevel=1) as lines:
            lines.writelines(json.dumps(record, default=str) + "\n" for batch in batches for record in batch)
        call_command(f"import_{kind}", str(file), verbosity=0)


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Door:
    return Door(request.param, tmp_path)
