"""The admin site: reference data, people and keys, for those whose role says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.queries import reach_of_user
from config.restate import restate
from spend.domain.reference.changed import Changed


class TruecostAdminSite(AdminSite):
    site_header = site_title = "Truecost settings"
    index_title = "Reference data, people and keys"

    def has_permission(self, request: HttpRequest) -> bool:
        """The role decides, not Django's staff flag; what they may do inside is each page's own question."""
        return reach_of_user(request.user).writes_reference

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Refuse who is logged in and may not: asking them to log in again would lead nowhere."""
        guarded = super().admin_view(view, cacheable)

        def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return cast(HttpResponse, guarded(request, *args, **kwargs))

        return refusing

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """There is one log-in page, and it is slowed down for guessers."""
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def restate(self, changed: Changed, *, at: datetime) -> None:
        """Called by the pages of spend and audits, which cannot know what stands above them."""
        restate(changed, at=at)
