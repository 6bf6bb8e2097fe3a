"""The pages on which people log in and out."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import LoginStageController
from allauth.account.utils import perform_login
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts import actions, queries, second_factor
from accounts.forms import CodeForm, LoginForm
from accounts.models import Attempt, User
from accounts.sessions import note_wrong_code
from accounts.views.throttle import too_many

Kind = Attempt.Kind


class Login(LoginView):
    """Django's own, slowed down for guessers: name and address together, so that nobody can lock out others."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if queries.is_blocked(Kind.PASSWORD, **self._who(), at=timezone.now()):
            return too_many(request, self.template_name, self.get_context_data(form=LoginForm()))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor of those who have one; the others are in."""
        actions.forget_attempts(Kind.PASSWORD, **self._who())
        entered: HttpResponse = perform_login(self.request, form.get_user(), redirect_url=self.get_success_url())
        return entered

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        actions.note_attempt(Kind.PASSWORD, **self._who(), at=timezone.now())
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        elsewhere = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        return super().get_context_data(**kwargs, elsewhere=elsewhere)

    def _who(self) -> dict[str, str]:
        return {"name": self.request.POST.get("username", ""), "address": self.request.META.get("REMOTE_ADDR", "")}


@never_cache
def login_code(request: HttpRequest) -> HttpResponse:
    """Ask who gave the right password for a code. Until then nobody is logged in, neither here nor by the API."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None or not isinstance(stage.login.user, User):
        return redirect("login")
    person, form, at = stage.login.user, CodeForm(request.POST or None), timezone.now()
    # Counted wherever they come from: who is here has the password, and a code has but a million values.
    if request.method == "POST" and queries.is_blocked(Kind.CODE, name=person.username, address="", at=at):
        return too_many(request, "accounts/login_code.html", {"form": CodeForm()})
    if request.method == "POST" and form.is_valid():
        if second_factor.accepts(person=person, code=form.cleaned_data["code"], at=at):
            actions.forget_attempts(Kind.CODE, name=person.username, address="")
            entered: HttpResponse = stage.exit()
            return entered
        actions.note_attempt(Kind.CODE, name=person.username, address="", at=at)
        note_wrong_code(person)
        form.add_error("code", "This code is wrong, or was used already. Try the next one.")
    return render(request, "accounts/login_code.html", {"form": form})
