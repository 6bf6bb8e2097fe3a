"""Pages for who forgot a password, or was invited to choose one. They tell nobody which addresses are known."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts import actions, jobs, queries
from accounts.forms import PasswordLinkForm, styled
from accounts.models import Attempt, User
from accounts.views.throttle import too_many

SENT = "If somebody has the address {}, a link is on its way to them. It works for {} hours, once."


@never_cache
def password_reset(request: HttpRequest) -> HttpResponse:
    """Take an address; known or not, do and answer the same. The worker looks whose it is."""
    form = PasswordLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, address, at = form.cleaned_data["email"], request.META.get("REMOTE_ADDR", ""), timezone.now()
        if queries.is_blocked(Attempt.Kind.RESET, name=email, address=address, at=at):
            return too_many(request, "accounts/password_reset.html", {"form": form})
        actions.note_attempt(Attempt.Kind.RESET, name=email, address=address, at=at)
        jobs.send_password_link.delay(email=email)
        messages.success(request, SENT.format(email, settings.PASSWORD_RESET_TIMEOUT // 3600))
        return redirect("login")
    return render(request, "accounts/password_reset.html", {"form": form, "mail_is_sent": settings.MAIL_IS_SENT})


class PasswordSet(PasswordResetConfirmView):
    """Django's own: the token leaves the address at once, so that no referrer or history has it."""

    template_name = "accounts/password_set.html"
    success_url = reverse_lazy("login")

    def get_form(self, form_class: type[SetPasswordForm[User]] | None = None) -> SetPasswordForm[User]:
        return styled(super().get_form(form_class))

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        messages.success(self.request, "Your password is set. Log in with it; other sessions have ended.")
        return super().form_valid(form)
