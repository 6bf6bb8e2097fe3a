"""What the trail follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tracked:
    """A model whose every change is on the trail.

    Of `hidden` columns the trail says that they changed, never what they hold; `unrecorded` ones change all the time
    and say nothing of anybody's doing. `restricted`: what administrators alone handle, only they read.
    """

    model: str  # "accounts.Team"
    label: str  # "team"
    hidden: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    restricted: bool = False
