"""Everybody's own page: name, address, password, second factor; role, teams and keys to look at."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts import actions, queries, second_factor
from accounts.forms import EmailForm, NameForm, PasswordForm
from accounts.models import User
from accounts.views.proof import answer, proof_of


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    return request.user


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    names = {"first_name": person.first_name, "last_name": person.last_name}
    form = NameForm(request.POST or None, initial=names)
    if request.method == "POST" and form.is_valid():
        actions.name_person(person=person, **form.cleaned_data)
        messages.success(request, "Your name is saved.")
        return redirect("profile")
    context = {
        "form": form,
        "teams": queries.teams_in(queries.reach_of_user(person)),
        "sees_all": queries.reach_of_user(person).team_ids is None,
        "keys": queries.keys_made_by(person),
        "has_second_factor": second_factor.is_set_up(person),
        "codes_left": second_factor.recovery_codes_left(person),
        "role_needs_it": queries.role_of(person) in settings.REQUIRE_MFA,
        "elsewhere": settings.OIDC_NAME,
        "has_password": person.has_usable_password(),
    }
    return render(request, "accounts/profile.html", context)


@login_required
@never_cache
def email(request: HttpRequest) -> HttpResponse:
    """Send a link to the new address; it is theirs once they have opened it."""
    person = _person(request)
    if not person.has_usable_password():
        return redirect("profile")
    form = EmailForm(request.POST or None, **proof_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.send_email_link(person=person, email=form.cleaned_data["email"])
        except actions.MailNotSent as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Open the link that was sent to {form.cleaned_data['email']}.")
            return redirect("profile")
    return answer(request, "accounts/email.html", {"form": form, "mail_is_sent": settings.MAIL_IS_SENT})


@never_cache
def email_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Take the address on a click: programs that look into mails open links, but press no buttons."""
    try:
        person, new = actions.email_in(token)
        if request.method == "POST":
            actions.take_email(person=person, email=new)
            messages.success(request, f"The e-mail address of {person.username} is now {new}.")
            return redirect("profile")
    except actions.BadEmailLink:
        return render(request, "accounts/email_confirm.html", {})
    return render(request, "accounts/email_confirm.html", {"person": person, "email": new})


@login_required
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    if not person.has_usable_password():
        return redirect("profile")
    form = PasswordForm(request.POST or None, **proof_of(request))
    if request.method == "POST" and form.is_valid():
        changed = SetPasswordForm(person, form.cleaned_data)
        if changed.is_valid():
            changed.save()
            update_session_auth_hash(request, person)
            messages.success(request, "Your password is changed. Your other sessions have ended.")
            return redirect("profile")
        form.add_error("new_password2", [message for found in changed.errors.values() for message in found])
    return answer(request, "accounts/password.html", {"form": form})
