"""The pages of the first run. Steps are for administrators; who is not one is told whom to ask."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import create_key, write_team
from accounts.models import Scope, Team, User
from accounts.views.guards import needs_administrator, needs_scope
from config import jobs as worker
from config.models import SampleJob
from config.start import jobs
from config.start.forms import AdministratorForm, KeyForm, SampleForm, TeamForm
from config.start.invitation import TooLate, is_invitation, make_the_first
from config.start.received import received_calls
from config.start.removal import own_facts
from config.start.snippets import snippets
from spend.queries.installation import has_calls, is_simulated


@require_safe
@needs_scope("read")
def start(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, *, key: str = "", status: int = 200, **forms: Any) -> HttpResponse:
    """Show every step as far as it has come, with the forms that were refused."""
    at = timezone.now()
    address = request.build_absolute_uri("/").rstrip("/")
    context = {
        "teams": Team.objects.all(),
        "team_form": forms.get("team_form") or TeamForm(),
        "key_form": forms.get("key_form") or KeyForm(),
        "sample_form": forms.get("sample_form") or SampleForm(),
        "key": key,
        "snippets": snippets(address=address, **({"key": key} if key else {})),
        "received": received_calls(),
        "refused": forms.get("refused", ""),
        **_sample(),
        "as_of": at,
    }
    return render(request, "config/start.html", context, status=status)


@require_POST
@needs_administrator
def team(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST)
    if not form.is_valid():
        return _page(request, team_form=form, status=400)
    write_team(name=form.cleaned_data["name"], cost_centre=form.cleaned_data["cost_centre"])
    return redirect("start")


@require_POST
@needs_administrator
@never_cache
def key(request: HttpRequest) -> HttpResponse:
    """Make a key and show it, this once: the answer to the form is the only place it stands."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, key_form=form, status=400)
    whose = form.cleaned_data["team"]
    _, text = create_key(
        name=f"first key of {whose}", scopes=Scope.values, team=whose, at=timezone.now(), by=cast(User, request.user)
    )
    return _page(request, key=text)


@require_safe
@needs_administrator
@never_cache
def received(request: HttpRequest) -> HttpResponse:
    """Answer the page that waits for the first call."""
    return render(request, "config/_received.html", {"received": received_calls()})


@require_POST
@needs_administrator
def load_sample(request: HttpRequest) -> HttpResponse:
    form = SampleForm(request.POST)
    if not form.is_valid():
        return _page(request, sample_form=form, status=400)
    return _order(SampleJob.Kind.LOAD, scale=float(form.cleaned_data["scale"]))


@require_POST
@needs_administrator
def remove_sample(request: HttpRequest) -> HttpResponse:
    """Remove it; facts of one's own that are among it only where that was ticked."""
    if own_facts() and "own_too" not in request.POST:
        return _page(request, refused="Tick the box to remove your own facts as well.", status=400)
    return _order(SampleJob.Kind.REMOVE)


@require_POST
@needs_administrator
def stop_loading(request: HttpRequest) -> HttpResponse:
    jobs.ask_to_stop()
    return redirect("start")


@require_safe
@needs_administrator
@never_cache
def sample(request: HttpRequest) -> HttpResponse:
    """Answer the page that watches the sample come or go."""
    return render(request, "config/_sample.html", _sample())


def _order(kind: str, scale: float = 1.0) -> HttpResponse:
    with transaction.atomic():
        jobs.ask(kind, scale=scale, at=timezone.now())
        transaction.on_commit(lambda: worker.carry_out.delay())
    return redirect(f"{reverse('start')}#sample")


def _sample() -> dict[str, Any]:
    job = jobs.current()
    is_open = job is not None and job.ended_at is None
    return {
        "job": job,
        "is_open": is_open,
        "simulated": is_simulated(),
        "own": own_facts() if is_simulated() and not is_open else {},
        "has_calls": has_calls(),
    }


@sensitive_post_parameters("password", "again")
@never_cache
def administrator(request: HttpRequest) -> HttpResponse:
    """Make the first person; the address with the invitation is printed by `up`."""
    if not is_invitation(request.GET.get("invitation", "")):
        raise PermissionDenied
    form = AdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = make_the_first(name=form.cleaned_data["name"], password=form.cleaned_data["password"])
        except TooLate:
            return redirect("login")
        login(request, person)
        return redirect("start")
    return render(request, "config/administrator.html", {"form": form}, status=400 if form.errors else 200)
