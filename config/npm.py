"""Front-end files straight from npm packages: each named here, served as `vendor/...`, nothing built."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

FILES: dict[str, str] = {}


class Finder(BaseFinder):
    """Finds the files of FILES in node_modules; those of a package that is not installed are not there."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        source = FILES.get(path)
        found = [str(_modules() / source)] if source and (_modules() / source).exists() else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:
        patterns = [*(ignore_patterns or [])]
        for path in FILES:
            if self.find(path) and not matches_patterns(path, patterns):
                yield path, _Renamed(location=_modules())


class _Renamed(FileSystemStorage):
    """Opens `vendor/name` where the package keeps it."""

    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))


def _modules() -> Path:
    return Path(settings.BASE_DIR) / "node_modules"
