"""Settings: people, what they may do, and the links by which they set their passwords."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions, queries, second_factor
from accounts.forms import NewPersonForm, PersonForm
from accounts.models import User
from accounts.views.guards import needs_administrator

SEES_NOTHING = "{} is in no team and so sees nothing yet."


@needs_administrator
def people(request: HttpRequest) -> HttpResponse:
    rows = [(person, queries.role_of(person), queries.has_no_team(person)) for person in queries.people()]
    return render(request, "accounts/people.html", {"rows": rows})


@needs_administrator
@never_cache
def person_new(request: HttpRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/person_new.html", {"form": form})
    given = form.cleaned_data
    person = actions.create_person(
        name=given["name"],
        role=given["role"],
        password=None,
        teams=given["teams"],
        email=given["email"],
        first_name=given["first_name"],
        last_name=given["last_name"],
    )
    if form.sees_nothing:
        messages.warning(request, SEES_NOTHING.format(person))
    return _invited(request, person)


@needs_administrator
def person(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, person=found, role=queries.role_of(found))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_person(
                person=found,
                first_name=given["first_name"],
                last_name=given["last_name"],
                email=given["email"],
                role=given["role"],
                teams=given["teams"],
                is_active=given["is_active"],
            )
        except actions.LastAdministrator as problem:
            form.add_error("role", str(problem))
        else:
            messages.success(request, f"{found} is saved.")
            if form.sees_nothing and found.is_active:
                messages.warning(request, SEES_NOTHING.format(found))
            return redirect("settings-people")
    context = {"form": form, "person": found, "no_team": queries.has_no_team(found)}
    context["has_second_factor"] = second_factor.is_set_up(found)
    return render(request, "accounts/person.html", context)


@require_POST
@needs_administrator
@never_cache
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    return _invited(request, get_object_or_404(User, pk=pk, is_active=True))


@require_POST
@needs_administrator
def person_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away what somebody can no longer show, a lost telephone say."""
    found = get_object_or_404(User, pk=pk)
    second_factor.remove(person=found)
    messages.success(request, f"The second factor of {found} is reset: the password alone logs them in.")
    return redirect("settings-person", found.pk)


def _invited(request: HttpRequest, person: User) -> HttpResponse:
    """Mail a link to set a password, or show it where none can be mailed; this once."""
    by = request.user
    assert isinstance(by, User)  # noqa: S101 - the guard lets nobody else in
    try:
        link = actions.invite(person=person, by=by)
    except actions.MailNotSent as problem:
        messages.error(request, str(problem))
        return redirect("settings-person", person.pk)
    if link is None:
        messages.success(request, f"A link to set a password is on its way to {person.email}.")
        return redirect("settings-people")
    return render(request, "accounts/person_link.html", {"person": person, "link": link})
