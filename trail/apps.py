from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TrailConfig(AppConfig):
    name = "trail"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from trail import context

        connection_created.connect(context.on_connection)
        post_migrate.connect(_follow, sender=self)


def _follow(*, using: str, **kwargs: Any) -> None:
    """After tables have been shaped, follow those that are to be followed; here, so that no deployer forgets."""

    from trail.store import follow

    if using == "owner":
        follow(using=using)
