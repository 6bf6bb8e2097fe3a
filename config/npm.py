"""Front-end files straight from npm packages: each named here, served as `vendor/...`, nothing built."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

# Each minified file has its .map beside it: the manifest storage refuses a file that names another one in vain.
SOURCES = [
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map",
    "chart.js/dist/chart.umd.min.js",
    "chartjs-chart-sankey/dist/chartjs-chart-sankey.min.js",
    "chart.js/dist/chart.umd.min.js.map",
]
FILES = {f"vendor/{source}": source for source in SOURCES}  # {% static "vendor/chart.js/dist/chart.umd.min.js" %}


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
                yield path, _Modules(location=_modules())


class _Modules(FileSystemStorage):
    """Opens `vendor/...` where npm put it."""

    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))


def _modules() -> Path:
    return Path(settings.BASE_DIR) / "node_modules"
