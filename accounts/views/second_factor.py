"""The pages on which people set up a second factor, and take it away."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts import second_factor
from accounts.domain.sealing import Sealed, seal, unseal
from accounts.forms import ProofForm, SetUpForm
from accounts.models import User
from accounts.views.proof import answer, proof_of

# Both kept in the session, sealed: the secret until the first code proves that the app has it, the codes until seen.
SECRET, CODES = "second_factor_secret", "recovery_codes"


@login_required
@never_cache
def second_factor_page(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    return _remove(request, person) if second_factor.is_set_up(person) else _set_up(request, person)


def _set_up(request: HttpRequest, person: User) -> HttpResponse:
    secret = _pending_secret(request)
    form = SetUpForm(request.POST or None, **proof_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.set_up(
                person=person, secret=secret, code=form.cleaned_data["code"], at=timezone.now()
            )
        except second_factor.WrongCode as problem:
            form.add_error("code", str(problem))
        else:
            del request.session[SECRET]
            return _show_codes(request, codes)
    address = second_factor.address_of(person, secret)
    context = {
        "form": form,
        "picture": second_factor.picture_of(address),
        "address": address,
        "secret": _grouped(secret),
        "is_needed": second_factor.is_missing(person),
    }
    return answer(request, "accounts/second_factor_set_up.html", context)


def _remove(request: HttpRequest, person: User) -> HttpResponse:
    form = ProofForm(request.POST or None, **proof_of(request))
    if request.method == "POST" and form.is_valid():
        second_factor.remove(person=person)
        messages.success(request, "Your second factor is removed. The password alone logs you in.")
        return redirect("profile")
    return answer(request, "accounts/second_factor_remove.html", {"form": form})


@login_required
@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new codes, once; else offer to make some."""
    person = _person(request)
    if not second_factor.is_set_up(person):
        return redirect("second-factor")
    if request.method == "GET" and (shown := request.session.pop(CODES, None)):
        codes = _unsealed(shown).split()
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "file": quote("\n".join([*codes, ""]))})
    form = ProofForm(request.POST or None, **proof_of(request))
    if request.method == "POST" and form.is_valid():
        return _show_codes(request, second_factor.renew_recovery_codes(person=person))
    context = {"form": form, "left": second_factor.recovery_codes_left(person)}
    return answer(request, "accounts/recovery_codes_renew.html", context)


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    request.session[CODES] = seal(" ".join(codes), [settings.SECRET_KEY])
    return redirect("recovery-codes")


def _pending_secret(request: HttpRequest) -> str:
    """Return the secret that the picture shows: the same one until it is used."""
    found = _unsealed(request.session.get(SECRET, ""))
    if not found:
        found = second_factor.new_secret()
        request.session[SECRET] = seal(found, [settings.SECRET_KEY])
    return found


def _unsealed(text: str) -> str:
    try:
        return unseal(text, [settings.SECRET_KEY])
    except Sealed:
        return ""


def _grouped(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    return request.user
