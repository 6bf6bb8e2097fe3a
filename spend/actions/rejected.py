"""Keep items that were refused, for some days and within bounds, and let them go again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.db import DatabaseError, transaction

from spend.ingest.kept import Kept, storable
from spend.ingest.mapping import SourceKind
from spend.ingest.records import Problem
from spend.models import RejectedItem
from spend.queries.book import book

KEPT_FOR = timedelta(days=30)
MOST_PER_TEAM = 10_000
MOST_AT_ONCE = 1_000  # of one request: the first of them tell what is wrong with the rest
_MOST_FIELDS, _MOST_SENTENCES, _MOST_TEXT = 20, 3, 300
_log = logging.getLogger(__name__)


def keep_rejected(
    *,
    kind: SourceKind,
    problems: Sequence[Problem],
    content: Callable[[Problem], Kept | None],
    reach: frozenset[int] | None,
    at: datetime,
) -> None:
    """Keep the items that `problems` are of; `content` says what there is of one.

    Called when everything else is committed. It never fails: what was answered does not depend on it.
    """
    if not problems:
        return
    try:
        with transaction.atomic():
            rows = [_row(kind, problem, content(problem), reach, at) for problem in islice(problems, MOST_AT_ONCE)]
            _write(rows)
            _forget_beyond_most({row.team_id for row in rows})
    except DatabaseError:
        _log.warning("rejected items could not be kept", exc_info=True)


def _row(
    kind: SourceKind, problem: Problem, kept: Kept | None, reach: frozenset[int] | None, at: datetime
) -> RejectedItem:
    errors, team = shortened(problem.errors), _team(kept, reach)
    is_beyond = team is None and reach is not None  # tried again by who reaches further, it would be taken
    row = RejectedItem(
        team_id=team,
        kind=kind,
        name=kept.emitter if kept else "",
        format=kept.kind if kept else "",
        external_id=(problem.id or "")[:200],
        reason=reason_of(errors),
        errors=errors,
        content=kept.content if kept and not is_beyond else None,
        first_at=at,
        last_at=at,
    )
    row.digest = _digest(row)
    return row


def _team(kept: Kept | None, reach: frozenset[int] | None) -> int | None:
    """The team of who wrote; of who writes for several, the one that the item names."""
    if reach is not None and len(reach) == 1:
        return next(iter(reach))
    named = book().teams.get(kept.team) if kept and kept.team else None
    return named if named is not None and (reach is None or named in reach) else None


def shortened(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return errors as they are kept: a hostile item cannot make them long, nor such that the database refuses them."""
    return {
        storable(name[:_MOST_TEXT]): [storable(sentence[:_MOST_TEXT]) for sentence in sentences[:_MOST_SENTENCES]]
        for name, sentences in islice(errors.items(), _MOST_FIELDS)
    }


def reason_of(errors: dict[str, list[str]]) -> str:
    """Return the first error, by which items are grouped."""
    name, sentences = next(iter(errors.items()))
    return f"{name}: {sentences[0]}"[:_MOST_TEXT]


def _digest(row: RejectedItem) -> bytes:
    said = json.dumps([row.kind, row.name, row.format, row.external_id, row.errors, row.content], sort_keys=True)
    return blake2b(said.encode(), digest_size=16).digest()


def _write(rows: Iterable[RejectedItem]) -> None:
    """An item that is there already is noted as having come again. In one order, so that writers do not deadlock."""
    unique = {(row.team_id or 0, row.digest): row for row in rows}
    RejectedItem.objects.bulk_create(
        [unique[key] for key in sorted(unique)],
        update_conflicts=True,
        unique_fields=["team", "digest"],
        update_fields=["last_at"],
    )


def _forget_beyond_most(teams: Iterable[int | None]) -> None:
    for team in teams:
        newest_first = RejectedItem.objects.filter(team=team).order_by("-last_at", "-pk").values("pk")
        RejectedItem.objects.filter(pk__in=newest_first[MOST_PER_TEAM:]).delete()


def forget_rejected(*, at: datetime) -> int:
    """Delete what was kept long enough, and return how many items that were."""
    forgotten, _ = RejectedItem.objects.filter(last_at__lt=at - KEPT_FOR).delete()
    return forgotten


def settle_retried(*, gone: Iterable[int], refused: dict[int, dict[str, list[str]]]) -> None:
    """Let go of items that were taken this time; say of the others what is wrong now."""
    RejectedItem.objects.filter(pk__in=list(gone)).delete()
    rows: list[Any] = []
    for row in RejectedItem.objects.filter(pk__in=refused):
        row.errors = shortened(refused[row.pk])
        row.reason = reason_of(row.errors)
        rows.append(row)
    RejectedItem.objects.bulk_update(rows, ["errors", "reason"], batch_size=500)


def dismiss(*, items: Iterable[int]) -> int:
    """Delete these items, and return how many were there."""
    dismissed, _ = RejectedItem.objects.filter(pk__in=list(items)).delete()
    return dismissed
