"""Items that were refused, by reason: try them again once what was wrong is mended, or dismiss them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.domain.reach import Reach
from accounts.queries import reach_of
from accounts.views.guards import needs, needs_scope
from audits.views.links import Words, given, link
from config.retrying import Retried, formats_of, retry
from spend.actions.rejected import KEPT_FOR, MOST_AT_ONCE, MOST_PER_TEAM, dismiss
from spend.models import RejectedItem
from spend.queries.rejected import MOST_GROUPS, NO_TEAM, NOT_READ, WORDS, choices, groups, narrowed, rejected_items
from spend.templatetags.figures import plural

SHOWN = 50
_LABELS = {"team": "Team", "kind": "Way in", "what": "What"}


@require_safe
@needs_scope("read")
def rejected(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    words = {name: values for name, values in given(request).items() if name in WORDS}
    seen = rejected_items(reach.team_ids)
    items, writable = narrowed(seen, words), formats_of(reach)
    number = items.count()
    context = {
        "as_of": at, "number": number, "groups": [_group(row, words, writable) for row in groups(items)],
        "items": [(item, item.format in writable) for item in items.select_related("team")[:SHOWN]],
        "shown": SHOWN, "most_groups": MOST_GROUPS, "words": [(name, values[-1]) for name, values in words.items()],
        "fields": _fields(choices(seen), words), "reason": words.get("reason", [""])[-1], "any": seen.exists(),
        "days": KEPT_FOR.days, "most": MOST_PER_TEAM, "at_once": MOST_AT_ONCE,
        "may_retry": items.filter(format__in=writable, content__isnull=False).exists(),
        "may_dismiss": items.filter(format__in=writable).exists(),
    }  # fmt: skip
    return render(request, "config/rejected.html", context)


def _writes(reach: Reach) -> bool:
    return bool(formats_of(reach))


@require_POST
@needs(_writes)
def retry_items(request: HttpRequest) -> HttpResponse:
    items = _chosen(request).filter(content__isnull=False).order_by("pk")
    done = retry(items, at=timezone.now(), by=request.user.pk)
    _tell(request, done)
    return redirect(_back(request))


@require_POST
@needs(_writes)
def dismiss_items(request: HttpRequest) -> HttpResponse:
    gone = dismiss(items=_chosen(request).values_list("pk", flat=True))
    messages.success(request, f"{plural(gone, 'item')} dismissed.")
    return redirect(_back(request))


def _chosen(request: HttpRequest) -> QuerySet[RejectedItem]:
    """The items that the form names, of those that this person may write; all of them only where it says so."""
    reach = reach_of(request)
    mine = rejected_items(reach.team_ids).filter(format__in=formats_of(reach))
    words = {name: values for name in WORDS if any(values := request.POST.getlist(name))}
    return narrowed(mine, words) if words or "all" in request.POST else mine.none()


def _back(request: HttpRequest) -> str:
    """Where one was: the list as it was narrowed down, which the form says beside what it is about."""
    return link("rejected", {name: values for name in WORDS if (values := request.POST.getlist(f"back_{name}"))})


def _tell(request: HttpRequest, done: Retried) -> None:
    refused = sum(done.refused.values())
    said = [f"{plural(done.accepted, 'item')} accepted"]
    if done.duplicates:
        said.append(f"{done.duplicates:,} already there")
    if refused:
        reason, number = max(done.refused.items(), key=lambda each: each[1])
        most = "" if len(done.refused) == 1 else f", {number:,} of them"
        said.append(f"{refused:,} still refused{most}: {reason}")
    tell = messages.warning if refused else messages.success
    tell(request, f"{'; '.join(said)}.")


def _group(row: Mapping[str, Any], words: Words, writable: Sequence[str]) -> dict[str, Any]:
    chosen = {
        "team": row["team__name"] or NO_TEAM,
        "kind": row["kind"],
        "what": row["format"] or NOT_READ,
        "reason": row["reason"],
    }
    only = words | {name: [value] for name, value in chosen.items()}
    may = row["format"] in writable
    return {
        **row, "href": link("rejected", only), "chosen": [(name, values[-1]) for name, values in only.items()],
        "may_dismiss": may, "may_retry": may and row["kept"],
    }  # fmt: skip


def _fields(found: Mapping[str, Sequence[str]], words: Words) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": label, "options": found[name], "chosen": words.get(name, [""])[-1]}
        for name, label in _LABELS.items()
    ]
