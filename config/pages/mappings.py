"""Settings: how the words of each source are read; tried on a sample before they are stored."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Team
from accounts.queries import reach_of
from accounts.views.guards import needs_reference
from config.pages.mapping_forms import RulesForm
from config.pages.mapping_words import COMES, READS, SAMPLES, TITLES
from config.pages.samples import read_sample
from spend.actions.mappings import forget_mapping, save_mapping
from spend.models import SourceMapping
from spend.queries.mappings import is_unread, stored_for


@require_safe
@needs_reference
def mappings(request: HttpRequest) -> HttpResponse:
    stored: dict[str, list[tuple[SourceMapping, bool]]] = {kind: [] for kind in TITLES}
    for row in SourceMapping.objects.select_related("team").order_by("team__name"):
        stored.setdefault(row.kind, []).append((row, is_unread(row)))
    rows = [(kind, title, COMES[kind], stored[kind]) for kind, title in TITLES.items()]
    return render(request, "config/mappings.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def mapping(request: HttpRequest, kind: str) -> HttpResponse:
    """`team` in the address: the mapping of this team only, else that of all."""
    team = _team(request.GET.get("team", ""))
    stored = stored_for(kind, team.pk if team else None)
    if stored is None:
        raise Http404
    if request.method == "POST" and "forget" in request.POST:
        forget_mapping(kind=kind, team=team)
        messages.success(request, f"{TITLES[kind]} is read as it was before for {team or 'all teams'}.")
        return redirect(_address(kind, team))
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = RulesForm(*posted, rules=stored.rules, kind=kind, hint=SAMPLES[kind])
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            return _save(request, form, kind, team)
        sampled = _tried(form, kind, team)
    else:
        sampled = None
    context = {
        "form": form,
        "kind": kind,
        "title": TITLES[kind],
        "comes": COMES[kind],
        "team": team,
        "sampled": sampled,
        "is_unread": stored.is_unread,
    }
    return render(
        request, "config/mapping.html", context | {"row": stored.row, "teams": _teams(kind, team), "reads": READS}
    )


def _save(request: HttpRequest, form: RulesForm, kind: str, team: Team | None) -> HttpResponse:
    save_mapping(kind=kind, team=team, rules=form.wanted, by=reach_of(request).name, at=timezone.now())
    messages.success(request, f"{TITLES[kind]} of {team or 'all teams'}: saved. It holds for what comes from now on.")
    return redirect(_address(kind, team))


def _tried(form: RulesForm, kind: str, team: Team | None) -> Any:
    data = form.sample_bytes()
    if not data.strip():
        form.add_error("sample", "Paste a sample, or choose a file.")
        return None
    reach = frozenset({team.pk}) if team else None
    return read_sample(kind, form.wanted, data, reach=reach, at=timezone.now())


def _team(text: str) -> Team | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return get_object_or_404(Team, pk=int(text))


def _teams(kind: str, current: Team | None) -> list[tuple[str, str, bool]]:
    """Return whose mapping there may be: name, address, whether it is the one on the page."""
    return [(str(team or "All teams"), _address(kind, team), team == current) for team in (None, *Team.objects.all())]


def _address(kind: str, team: Team | None) -> str:
    address = reverse("settings-mapping", args=[kind])
    return f"{address}?team={team.pk}" if team else address
