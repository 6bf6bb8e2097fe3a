"""The pages on which people log in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import actions, queries

TOO_MANY = "Too many failed attempts. Try again in 15 minutes."


class Login(LoginView):
    """Django's own, slowed down for guessers: name and address together, so that nobody can lock out others."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if queries.login_is_blocked(**self._who(), at=timezone.now()):
            context = self.get_context_data(form=AuthenticationForm(), refused=TOO_MANY)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        actions.forget_failed_logins(**self._who())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        actions.note_failed_login(**self._who(), at=timezone.now())
        return super().form_invalid(form)

    def _who(self) -> dict[str, str]:
        return {"username": self.request.POST.get("username", ""), "address": self.request.META.get("REMOTE_ADDR", "")}
