"""Who reads the trail: administrators all of it; who sees all teams, all but what is about people and keys."""

from __future__ import annotations

from django.conf import settings

from accounts.domain.reach import Reach


def reads_trail(reach: Reach) -> bool:
    """Finance, and keys of all teams that may read. Where people are not to be named, administrators only."""
    return reach.administers or (reach.team_ids is None and reach.may("read") and settings.SHOW_NAMES)


def reads_all_of_it(reach: Reach) -> bool:
    return reach.administers
