"""Reference data as ingest needs it: names to ids, prices and tiers by day, kept in memory until they change."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from accounts.models import Team
from spend import store
from spend.domain import pricing
from spend.domain.money import to_nanos
from spend.domain.names import provider_of
from spend.domain.tokens import Usage
from spend.ingest.mapping import Mapping, SourceKind, default_of
from spend.ingest.people.profile import PROFILE_KINDS
from spend.models import Llm, LlmTier, Price, Source, SourceMapping, TaskType
from spend.queries.stored_rules import rules_in


@dataclass(frozen=True)
class TierHistory:
    """The tiers of one model, each from a day on."""

    starts: list[date]
    tiers: list[int]

    @classmethod
    def of(cls, rows: Iterable[tuple[date, int]]) -> TierHistory:
        ordered = sorted(rows)
        return cls([day for day, _ in ordered], [tier for _, tier in ordered])

    def on(self, day: date) -> int | None:
        index = bisect_right(self.starts, day)
        return self.tiers[index - 1] if index else None


@dataclass
class Book:
    """One reading of the reference data; `version` says of which state, `has_zone` that its days are as set."""

    version: int
    has_zone: bool
    teams: dict[str, int]
    task_types: dict[str, int]
    llms: dict[tuple[str, str], int]
    free: frozenset[int]
    nameless: frozenset[int]  # models that are never meant by their bare name
    prices: dict[int, list[pricing.Price]]
    tiers: dict[int, TierHistory]
    sources: dict[tuple[int, str, str], int]  # (team, kind, name)
    mappings: dict[tuple[int | None, str], Mapping]
    unread: frozenset[tuple[int | None, str]]  # mappings that are stored and cannot be read any more
    seen: dict[tuple[int, str, str], datetime] = field(default_factory=dict)  # when a source was last noted
    tierless: set[int] = field(default_factory=set)  # models from whose catalogue price no tier follows
    _by_name: dict[str, set[int]] = field(default_factory=dict)
    _named: dict[tuple[str | None, str], int | None] = field(default_factory=dict)
    _price_books: dict[int, pricing.PriceBook] = field(default_factory=dict)
    _tier_memo: dict[tuple[int, date], int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_name: dict[str, set[int]] = defaultdict(set)
        for (provider, name), llm in self.llms.items():
            if provider and llm not in self.nameless:
                by_name[name].add(llm)
        self._by_name = dict(by_name)

    def mapping_of(self, kind: SourceKind, team: int | None) -> Mapping:
        """Return how a kind of source is read for a team: as it says itself, else as for all, else the default."""
        return self.mappings.get((team, kind)) or self.mappings.get((None, kind)) or default_of(kind)

    def misreads(self, kind: str, team: int) -> bool:
        """Whether a kind of source is not read for a team as somebody stored it, because that cannot be read."""
        return not self.unread.isdisjoint({(team, kind), (None, kind)} if (team, kind) not in self.mappings else ())

    def llm_named(self, provider: str | None, name: str) -> int | None:
        """Return the model that the wire calls so, None when it was not met before.

        Without a provider: the only one of the name, else the one that stands for the unknown (R9). Models that were
        only met in calls are not asked: what a name means must not depend on which call came first.
        """
        try:
            return self._named[provider, name]
        except KeyError:
            llm = self._named[provider, name] = self._look_up(provider_of(provider) or "", name)
            return llm

    def _look_up(self, provider: str, name: str) -> int | None:
        if provider:
            return self.llms.get((provider, name))
        candidates = self._by_name.get(name, set())
        if len(candidates) == 1:
            return next(iter(candidates))
        return self.llms.get(("", name))

    def could_only_mean(self, name: str, llm: int) -> bool:
        """Whether no other model that is known has this as a name by which it is meant alone."""
        return self._by_name.get(name, set()) <= {llm}

    def llm_called(self, text: str) -> int | None:
        """Return the model that people mean by `provider/name` or by a name only one provider offers."""
        provider, _, name = text.partition("/")
        return self.llms.get((provider, name)) or self._look_up("", text)

    def prices_of(self, llm: int) -> pricing.PriceBook:
        book = self._price_books.get(llm)
        if book is None:
            book = self._price_books[llm] = pricing.PriceBook(self.prices.get(llm, ()))
        return book

    def cost(
        self, llm: int, service_tier: str | None, day: date, usage: Usage, reported_nanos: int | None
    ) -> pricing.Priced:
        """Return what a call of this model cost on this day."""
        price = self.prices_of(llm).at(service_tier, day, usage.total_input)
        return pricing.priced(usage=usage, reported_nanos=reported_nanos, price=price, free=llm in self.free)

    def tier_on(self, llm: int, day: date) -> int | None:
        try:
            return self._tier_memo[llm, day]
        except KeyError:
            history = self.tiers.get(llm)
            tier = self._tier_memo[llm, day] = history.on(day) if history else None
            return tier


_current: Book | None = None


def book() -> Book:
    """Return the reference data as this transaction sees it; re-read only when it has changed since the last time."""
    global _current
    version, zone = store.installation()
    has_zone = zone == settings.REPORTING_TIME_ZONE
    if _current is None or _current.version != version or _current.has_zone != has_zone:
        _current = _read(version, has_zone)
    return _current


def book_as_it_stands() -> Book:
    """Return the reference data as this transaction sees it, and remember nothing: it may yet be rolled back."""
    version, zone = store.installation()
    return _read(version, zone == settings.REPORTING_TIME_ZONE)


def _read(version: int, has_zone: bool) -> Book:
    llms: dict[tuple[str, str], int] = {}
    free = set()
    for llm, provider, name, aliases, is_free in Llm.objects.values_list("id", "provider", "name", "aliases", "free"):
        for alias in aliases:
            llms.setdefault((provider, alias), llm)
        llms[provider, name] = llm
        if is_free:
            free.add(llm)
    tiers: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for llm, day, tier in LlmTier.objects.values_list("llm_id", "starts_on", "tier_id"):
        tiers[llm].append((day, tier))
    stored = SourceMapping.objects.exclude(kind__in=PROFILE_KINDS)
    mappings = {(row.team_id, row.kind): rules_in(row, Mapping) for row in stored}
    return Book(
        version=version,
        has_zone=has_zone,
        teams=dict(Team.objects.values_list("name", "id")),
        task_types=dict(TaskType.objects.values_list("name", "id")),
        llms=llms,
        free=frozenset(free),
        nameless=frozenset(Llm.objects.filter(Q(inherited=True) | Q(listed=False)).values_list("id", flat=True)),
        prices=_prices(),
        tiers={llm: TierHistory.of(rows) for llm, rows in tiers.items()},
        sources={
            (team, kind, name): pk for pk, team, kind, name in Source.objects.values_list("id", "team", "kind", "name")
        },
        mappings={of: rules for of, rules in mappings.items() if rules is not None},
        unread=frozenset(of for of, rules in mappings.items() if rules is None),
    )


def _prices() -> dict[int, list[pricing.Price]]:
    prices: dict[int, list[pricing.Price]] = defaultdict(list)
    for row in Price.objects.filter(superseded_at=None):
        prices[row.llm_id].append(price_of(row))
    return dict(prices)


def price_of(row: Price) -> pricing.Price:
    """Return the domain's price of a stored one."""
    return pricing.Price(
        id=row.pk,
        source="contract" if row.source == Price.CONTRACT else "catalogue",
        service_tier=row.service_tier,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        context_over=row.context_over,
        input=_rate(row.input),
        cache_read=_rate(row.cache_read),
        cache_write=_rate(row.cache_write),
        cache_write_1h=_rate(row.cache_write_1h),
        output=_rate(row.output),
        free=row.free,
    )


def _rate(dollars: Decimal | None) -> int | None:
    return None if dollars is None else to_nanos(dollars)
