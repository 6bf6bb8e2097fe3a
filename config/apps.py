from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Sent once per app that has models, this one has none; one of them is enough.
        pre_migrate.connect(_grant, sender=apps.get_app_config("accounts"))


def _grant(*, using: str, **kwargs: Any) -> None:
    """Before any table is made, let the application's role use it and no more; here, so that no deployer forgets."""
    from config.privileges import grant_to_app

    if using == "owner":
        grant_to_app()
