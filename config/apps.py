from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        pre_migrate.connect(_grant, sender=self)


def _grant(*, using: str, **kwargs: Any) -> None:
    """Before any table is made, let the application's role use it and no more; here, so that no deployer forgets."""
    from config.privileges import grant_to_app

    if using == "owner":
        grant_to_app()
