"""Colours of files: those of the pages in daylight. They stand in static/variables.css and nowhere else."""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings

from audits.queries.parts import PARTS


def colour(name: str) -> str:
    """Return the light colour of a variable, such as #0072b2."""
    return _light()[name]


def part_colours() -> dict[str, str]:
    """Return the colour of each part of a cost."""
    return {part: colour(f"--bar-{part.replace('_', '-')}") for part in PARTS}


@cache
def _light() -> dict[str, str]:
    css = (settings.BASE_DIR / "static" / "variables.css").read_text()
    light = css[: css.index("[data-bs-theme")]
    return dict(re.findall(r"(--[a-z0-9-]+):\s*(#[0-9a-f]{6})", light))
