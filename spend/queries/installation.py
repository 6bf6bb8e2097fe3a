"""What holds for the installation as a whole."""

from __future__ import annotations

from spend.models import Call, Installation


def is_simulated() -> bool:
    """Whether the sample was loaded, so that figures are not of real work."""
    return Installation.objects.values_list("simulated", flat=True).get()


def has_calls() -> bool:
    return Call.objects.exists()
