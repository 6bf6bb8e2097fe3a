"""One tier, one colour, on every page and in every file."""

from __future__ import annotations

from spend.models import Tier

_COLOURS = 8
NO_TIER = "--tier-none"


def tier_colours() -> dict[str, str]:
    """Return the variable of variables.css that colours each tier; by order of making, so that each keeps its own."""
    names = Tier.objects.order_by("pk").values_list("name", flat=True)
    return {name: f"--tier-{at % _COLOURS + 1}" for at, name in enumerate(names)}
