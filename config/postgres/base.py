from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        """Return Django's parameters with the place of the running server; start one where none runs."""
        if not self.settings_dict["HOST"]:
            self.settings_dict["HOST"] = str(embedded.server_for_this_process())
        return super().get_connection_params()
