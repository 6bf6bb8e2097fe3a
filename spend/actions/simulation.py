"""The mark of an installation whose figures are simulated, which every page shows."""

from __future__ import annotations

from spend.models import Installation


def mark_simulated() -> None:
    Installation.objects.update(simulated=True)
