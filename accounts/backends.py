"""How a name and a password become a person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User


class NameOrEmail(ModelBackend):
    """Django's own, which takes as long for a name nobody has; an e-mail address is as good as a name."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        found = super().authenticate(request, username=_name_of(username or ""), password=password)
        return found if isinstance(found, User) else None


def _name_of(given: str) -> str:
    """Return the name of whom this is the e-mail address; a name that looks like an address goes before."""
    if "@" not in given or "\x00" in given or User.objects.filter(username=given).exists():
        return given
    name = User.objects.filter(email__iexact=given.strip()).values_list("username", flat=True).first()
    return name or given
