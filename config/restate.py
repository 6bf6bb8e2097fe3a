"""The one place that says what follows from a change of reference data, for the commands and the admin pages."""

from __future__ import annotations

from datetime import datetime

from spend.domain.reference.changed import Changed


def restate(changed: Changed, *, at: datetime) -> None:
    """Compute again, in the caller's transaction, what was computed with the old values.

    The seam: `audits.actions.restate` is to be called here.
    """
