"""What somebody should look at before a month is closed. Each rule reads facts and says one thing. docs/method.md, 12.

Only what makes figures wrong, and can always be mended, blocks. What makes them uncertain is to be looked at: finance
may sign over it with a reason, which is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

WAIVABLE = ("repricing", "priced")
NONE_WAIVED: Mapping[str, str] = {}
State = Literal["ok", "look", "blocks"]

MUCH_UNPRICED = Fraction(5, 100)  # of the calls: then tiers are no longer compared either (docs/method.md, 8)
MUCH_PENDING = Fraction(5, 100)  # of the tasks: the same share above which the report warns
MUCH_PRESUMED = Fraction(50, 100)  # of the successes
MUCH_UNATTRIBUTED = Fraction(1, 100)  # of the true cost


@dataclass(frozen=True)
class Invoice:
    """Computed and billed token cost of a provider in the month, in nanos; `billed` None: there is no bill.

    `is_settled`: within tolerance, or somebody decided about the difference.
    """

    provider: str
    computed: int
    billed: int | None
    is_settled: bool


@dataclass(frozen=True)
class Silent:
    """A source that had stopped by the end of the month: `days` without a call, where `usual` were the most before."""

    name: str
    days: int
    usual: int


@dataclass(frozen=True)
class Facts:
    """What is known of a month. Money in nanos."""

    ends_on: date  # the day after its last
    today: date
    repricings: int = 0
    calls: int = 0
    unpriced_models: Sequence[tuple[str | None, int]] = ()
    tasks: int = 0
    judged: int = 0
    successes: int = 0
    presumed: int = 0
    pending: int = 0
    pending_until: date | None = None
    open_incidents: int = 0
    roles_without_rate: Sequence[str] = ()
    unlinked_corrections: int = 0
    rejected: int = 0
    true_cost: int = 0
    unattributed: int = 0
    strata: int = 0
    unaudited: Sequence[tuple[str, str]] = ()
    silent: Sequence[Silent] = ()
    invoices: Sequence[Invoice] = ()


@dataclass(frozen=True)
class Item:
    """A rule's answer: `key` names the rule, `about` one of several it speaks of, `figures` what its sentence says."""

    key: str
    state: State
    figures: dict[str, Any]
    about: str = ""


def checklist(facts: Facts) -> list[Item]:
    """Return the answer of every rule, in the order in which one goes through them."""
    return [item for rule in RULES for item in rule(facts)]


def blocking(items: Sequence[Item], waivers: Mapping[str, str] = NONE_WAIVED) -> list[Item]:
    """Return what stands in the way, but for what somebody waived with a reason."""
    return [item for item in items if item.state == "blocks" and not (may_waive(item) and waivers.get(item.key))]


def may_waive(item: Item) -> bool:
    """Whether a month can be closed in spite of it, were there a reason. One that is not over cannot."""
    return item.state == "blocks" and item.key in WAIVABLE


def warnings(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.state == "look"]


def _is_over(facts: Facts) -> Iterator[Item]:
    yield Item("over", "ok" if facts.today >= facts.ends_on else "blocks", {"ends_on": facts.ends_on.isoformat()})


def _is_priced(facts: Facts) -> Iterator[Item]:
    """A price that is being applied leaves half a month at the old one."""
    if facts.repricings:
        yield Item("repricing", "blocks", {"repricings": facts.repricings})
    missing = sum(calls for _, calls in facts.unpriced_models)
    state: State = "ok"
    if missing:
        state = "blocks" if Fraction(missing, facts.calls) > MUCH_UNPRICED else "look"
    models = [[name, calls] for name, calls in facts.unpriced_models]
    yield Item("priced", state, {"calls": facts.calls, "unpriced": missing, "models": models})


def _ties_to_the_bills(facts: Facts) -> Iterator[Item]:
    for invoice in facts.invoices:
        state: State = "ok" if invoice.billed is not None and invoice.is_settled else "look"
        yield Item("bill", state, {"computed": invoice.computed, "billed": invoice.billed}, about=invoice.provider)


def _is_complete(facts: Facts) -> Iterator[Item]:
    for source in facts.silent:
        yield Item("silent", "look", {"days": source.days, "usual": source.usual}, about=source.name)
    if not facts.silent:
        yield Item("silent", "ok", {})
    yield Item("rejected", "look" if facts.rejected else "ok", {"items": facts.rejected})


def _is_known(facts: Facts) -> Iterator[Item]:
    pending = bool(facts.tasks) and Fraction(facts.pending, facts.tasks) > MUCH_PENDING
    until = facts.pending_until and facts.pending_until.isoformat()
    yield Item("pending", "look" if pending else "ok", {"pending": facts.pending, "tasks": facts.tasks, "until": until})
    presumed = bool(facts.successes) and Fraction(facts.presumed, facts.successes) > MUCH_PRESUMED
    yield Item(
        "judged",
        "look" if presumed else "ok",
        {"judged": facts.judged, "tasks": facts.tasks, "presumed": facts.presumed, "successes": facts.successes},
    )
    yield Item(
        "audited",
        "look" if facts.unaudited else "ok",
        {"strata": facts.strata, "unaudited": [list(stratum) for stratum in facts.unaudited]},
    )


def _has_its_failures(facts: Facts) -> Iterator[Item]:
    yield Item("incidents", "look" if facts.open_incidents else "ok", {"open": facts.open_incidents})
    yield Item("rates", "look" if facts.roles_without_rate else "ok", {"roles": list(facts.roles_without_rate)})
    yield Item("linked", "look" if facts.unlinked_corrections else "ok", {"unlinked": facts.unlinked_corrections})
    much = facts.unattributed > 0 and Fraction(facts.unattributed, facts.true_cost or 1) > MUCH_UNATTRIBUTED
    yield Item(
        "attributed", "look" if much else "ok", {"unattributed": facts.unattributed, "true_cost": facts.true_cost}
    )


RULES: list[Callable[[Facts], Iterator[Item]]] = [
    _is_over,
    _is_priced,
    _ties_to_the_bills,
    _is_complete,
    _is_known,
    _has_its_failures,
]
