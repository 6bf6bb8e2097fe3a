"""What comes in, by source: how much, how well said, and what was refused. From daily rows; no call is looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum

from audits.domain.silence import Silence, silence
from audits.models import DailySources
from spend.models import Llm, Source
from spend.queries.book import book
from spend.queries.rejected import rejected_items
from spend.queries.zone import reporting_day

DAYS = 30


@dataclass(frozen=True)
class Counted:
    """Calls of the days shown: of those with a price, that name no task, and of whose task nobody said how it went."""

    calls: int = 0
    priced: int = 0
    implicit: int = 0
    unjudged: int = 0

    @property
    def unpriced(self) -> int:
        return self.calls - self.priced

    def share(self, calls: int) -> float | None:
        return calls / self.calls if self.calls else None

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.calls + other.calls,
            self.priced + other.priced,
            self.implicit + other.implicit,
            self.unjudged + other.unjudged,
        )


NOTHING = Counted()


@dataclass(frozen=True)
class Connector:
    """A source with its figures of the last DAYS days, today last."""

    source: Source
    days: Mapping[date, Counted]
    first_day: date
    rejected: int
    is_misread: bool  # by another mapping than the one stored, which cannot be read any more
    total: Counted = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.days.values(), NOTHING))

    @property
    def by_day(self) -> list[tuple[date, Counted]]:
        days = (self.first_day + timedelta(days=after) for after in range(DAYS))
        return [(day, self.days.get(day, NOTHING)) for day in days]

    @property
    def silence(self) -> Silence | None:
        """Return it by the days of the calls; who sent old ones only just now is not silent."""
        found = silence([counted.calls for _, counted in self.by_day])
        last_day = reporting_day(self.source.last_seen_at)
        since = (self.first_day + timedelta(days=DAYS - 1) - last_day).days
        return found and (Silence(min(found.days, since), found.usual) if since > found.usual else None)


@dataclass(frozen=True)
class ModelOfSource:
    """A model that a source calls; `is_priceless`: no price of it is known today."""

    llm: Llm
    counted: Counted
    is_priceless: bool


def connectors(*, teams: frozenset[int] | None, today: date, source: int | None = None) -> list[Connector]:
    """Return the sources of `teams`, None for all, those that sent last first; with `source` that one only."""
    found = Source.objects.select_related("team").order_by("-last_seen_at", "pk")
    if teams is not None:
        found = found.filter(team__in=teams)
    if source is not None:
        found = found.filter(pk=source)
    first_day = first_day_shown(today)
    sources = list(found)
    counted = _counted(sources, first_day, today)
    rejected, reference = _rejected(teams), book()
    return [
        Connector(
            each,
            counted.get(each.pk, {}),
            first_day,
            rejected.get((each.team_id, each.kind, each.name), 0),
            reference.misreads(each.kind, each.team_id),
        )
        for each in sources
    ]


def first_day_shown(today: date) -> date:
    return today - timedelta(days=DAYS - 1)


def _counted(sources: Iterable[Source], first_day: date, today: date) -> dict[int, dict[date, Counted]]:
    rows = DailySources.objects.filter(source_id__in=[each.pk for each in sources], day__gte=first_day, day__lte=today)
    by_source: dict[int, dict[date, Counted]] = defaultdict(dict)
    for source, day, *sums in _summed(rows, "source_id", "day"):
        by_source[source][day] = Counted(*sums)
    return by_source


def _summed(rows: QuerySet[DailySources], *by: str) -> Any:
    sums = [Sum(name) for name in ("calls", "priced_calls", "implicit", "unjudged")]
    return rows.order_by().values_list(*by).annotate(*sums)


def _rejected(teams: frozenset[int] | None) -> dict[tuple[int | None, str, str], int]:
    rows = rejected_items(teams).order_by().values_list("team", "kind", "name").annotate(Count("pk"))
    return {(team, kind, name): number for team, kind, name, number in rows}


def models_of(source: Source, *, today: date) -> list[ModelOfSource]:
    """Return the models that the source called in the days shown, those with most unpriced calls first."""
    rows = DailySources.objects.filter(source_id=source.pk, day__gte=first_day_shown(today), day__lte=today)
    counted = {llm: Counted(*sums) for llm, *sums in _summed(rows, "llm_id") if llm is not None}
    reference = book()

    def is_priceless(llm: Llm) -> bool:
        price = reference.prices_of(llm.pk).at(None, today, 0)
        return llm.pk not in reference.free and not (price is not None and price.is_known)

    found = [ModelOfSource(llm, counted[llm.pk], is_priceless(llm)) for llm in Llm.objects.filter(pk__in=counted)]
    return sorted(found, key=lambda each: (-each.counted.unpriced, -each.counted.calls, str(each.llm)))


LABELS = {
    "rest": "REST API", "import": "Imported file", "otlp": "OpenTelemetry", "litellm": "LiteLLM",
    "langfuse": "Langfuse", "github": "GitHub", "jira": "Jira", "zendesk": "Zendesk", "csv": "CSV",
}  # fmt: skip


def label_of_source(source: Source) -> str:
    way = LABELS.get(source.kind, source.kind)
    return f"{way}, {source.name}" if source.name else way


def names_of_sources(ids: Sequence[str], teams: frozenset[int] | None) -> list[str]:
    """Return how the sources of these numbers are called; of those that may not be seen, the number."""
    wanted = [int(value) for value in ids if value.isascii() and value.isdecimal() and len(value) < 19]
    found = Source.objects.filter(pk__in=wanted).select_related("team")
    known = {
        str(each.pk): f"{label_of_source(each)}, {each.team}"
        for each in (found if teams is None else found.filter(team__in=teams))
    }
    return [known.get(value, value) for value in ids]
