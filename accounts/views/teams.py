"""Settings: the teams, which are cost centres."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import actions, queries
from accounts.forms import TeamForm
from accounts.models import Team
from accounts.views.guards import needs_administrator


@needs_administrator
def teams(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.write_team(name=form.cleaned_data["name"], cost_centre=form.cleaned_data["cost_centre"])
        messages.success(request, f"{form.cleaned_data['name']} is a team.")
        return redirect("settings-teams")
    context = {"form": form, "teams": queries.teams_with_counts()}
    return render(request, "accounts/teams.html", context)


@needs_administrator
def team(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, team=found)
    name = found.name
    if request.method == "POST" and form.is_valid():
        actions.change_team(team=found, name=form.cleaned_data["name"], cost_centre=form.cleaned_data["cost_centre"])
        messages.success(request, f"{found.name} is saved.")
        return redirect("settings-teams")
    context = {
        "form": form,
        "name": name,
        "team": found,
        "people": found.people.order_by("username"),
        "keys": found.api_keys.all(),
    }
    return render(request, "accounts/team.html", context)
