"""The pages on which people log in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import actions, queries
from accounts.models import Attempt
from accounts.views.throttle import too_many

Kind = Attempt.Kind


class Login(LoginView):
    """Django's own, slowed down for guessers: name and address together, so that nobody can lock out others."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if queries.is_blocked(Kind.PASSWORD, **self._who(), at=timezone.now()):
            return too_many(request, self.template_name, self.get_context_data(form=AuthenticationForm()))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        actions.forget_attempts(Kind.PASSWORD, **self._who())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        actions.note_attempt(Kind.PASSWORD, **self._who(), at=timezone.now())
        return super().form_invalid(form)

    def _who(self) -> dict[str, str]:
        return {"name": self.request.POST.get("username", ""), "address": self.request.META.get("REMOTE_ADDR", "")}
