"""The tables that the trail follows, as `settings.TRACKED` names their models."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.conf import settings

from trail.domain.tracked import Tracked


@cache
def followed() -> dict[str, Tracked]:
    """Return what is said of each table."""
    return {apps.get_model(tracked.model)._meta.db_table: tracked for tracked in settings.TRACKED}


@cache
def followed_tables() -> frozenset[str]:
    return frozenset(followed())


@cache
def key_column(table: str) -> str:
    model = apps.get_model(followed()[table].model)
    return str(model._meta.pk.column)
