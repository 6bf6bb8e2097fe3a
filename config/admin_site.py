"""The admin site: reference data, people and keys, for those whose role says so."""

from __future__ import annotations

from datetime import datetime

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.queries import reach_of_user
from config.restate import restate
from spend.domain.reference.changed import Changed


class TruecostAdminSite(AdminSite):
    site_header = site_title = "Truecost settings"
    index_title = "Reference data, people and keys"

    def has_permission(self, request: HttpRequest) -> bool:
        """The role decides, not Django's staff flag; what they may do inside is each page's own question."""
        return reach_of_user(request.user).writes_reference

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """There is one log-in page, and it is slowed down for guessers."""
        if request.user.is_authenticated:
            return HttpResponse("Your role does not open the settings.", status=403, content_type="text/plain")
        return redirect(f"/login/?next={request.get_full_path()}")

    def restate(self, changed: Changed, *, at: datetime) -> None:
        """Called by the pages of spend and audits, which cannot know what stands above them."""
        restate(changed, at=at)
