"""Items that were refused and are kept: those that somebody may see, narrowed down, and grouped by reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from spend.models import RejectedItem

# What items are narrowed down by, in the words of an address.
WORDS = {"team": "team__name", "kind": "kind", "emitter": "name", "what": "format", "reason": "reason", "item": "pk"}
NO_TEAM, NOT_READ = "none", "unread"
MOST_GROUPS = 100


def rejected_items(teams: frozenset[int] | None) -> QuerySet[RejectedItem]:
    """Return the refused items of `teams`; those of no team are seen by who sees all."""
    items = RejectedItem.objects.all()
    return items if teams is None else items.filter(team__in=teams)


def narrowed(items: QuerySet[RejectedItem], words: Mapping[str, Sequence[str]]) -> QuerySet[RejectedItem]:
    """Keep those that `words` ask for; of one word the last value counts. What means nothing finds nothing."""
    for word, column in WORDS.items():
        values = [value.replace("\x00", "") for value in words.get(word, ()) if value]
        if values:
            items = items.filter(_condition(word, column, values[-1]))
    return items


def _condition(word: str, column: str, value: str) -> Q:
    if word == "item":
        return Q(pk=int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0)
    if word == "team" and value == NO_TEAM:
        return Q(team=None)
    return Q(**{column: "" if word == "what" and value == NOT_READ else value})


def groups(items: QuerySet[RejectedItem]) -> list[dict[str, Any]]:
    """Return them by reason, those with most items first: `number`, those that can be tried again, and the last."""
    found = (
        items.order_by()
        .values("reason", "format", "kind", "team__name")
        .annotate(number=Count("pk"), kept=Count("pk", filter=Q(content__isnull=False)), last=Max("last_at"))
        .order_by("-number", "reason", "format", "kind", "team__name")
    )
    return [{**row} for row in found[:MOST_GROUPS]]


def choices(items: QuerySet[RejectedItem]) -> dict[str, list[str]]:
    """Return what there is to choose from, by word."""
    found = {}
    for word, none in (("team", NO_TEAM), ("kind", ""), ("what", NOT_READ)):
        values = items.order_by().values_list(WORDS[word], flat=True).distinct()
        found[word] = sorted({value or none for value in values})
    return found
