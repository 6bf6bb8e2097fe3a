"""How a change is made: filled in, shown with what it would move, then made or given up."""

from __future__ import annotations

import json
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.domain.revising import meanwhile
from config.pages.forms import ReferenceForm
from config.preview import effects_of
from config.reference import CannotApply, Overtaken, planned, revise
from spend.domain.reference.difference import Change, as_it_is, effective


def revising(request: HttpRequest, form: ReferenceForm, *, title: str, back: str, **context: Any) -> HttpResponse:
    """Answer a page on which a record is made or changed; `back` is the address of what it belongs to."""
    shown = {"form": form, "title": title, "back": back, **context}
    if request.method != "POST" or not form.is_valid():
        return render(request, "config/reference_form.html", shown)
    at = timezone.now()
    try:
        if request.POST.get("confirm") == "yes":
            revise(form.wanted, seen=form.cleaned_data["seen"], at=at)
            messages.success(request, f"{title}: saved, and what follows from it is reckoned anew.")
            return redirect(back)
        changes = planned(form.wanted, whole=True)
    except CannotApply as problem:
        form.add_problems(problem.problems)
        return render(request, "config/reference_form.html", shown)
    except Overtaken:
        changes = planned(form.wanted, whole=True)
    if not effective(changes):
        messages.info(request, "Nothing to save: it is like that already.")
        return redirect(back)
    context = shown | _preview(form, changes) | {"effects": effects_of(changes, at=at)}
    return render(request, "config/preview.html", context)


def _preview(form: ReferenceForm, changes: list[Change]) -> dict[str, Any]:
    """Return what is to be confirmed. What somebody else changed since the form was opened stands beside it."""
    current = as_it_is(changes)
    given = cast(QueryDict, form.data).lists()
    sent = [(name, value) for name, values in given if name not in _OWN for value in values]
    return {
        "changes": effective(changes),
        "meanwhile": meanwhile(form.cleaned_data["seen"], current),
        "sent": [*sent, ("seen", json.dumps(current)), ("confirm", "yes")],
    }


_OWN = {"csrfmiddlewaretoken", "seen", "confirm"}
