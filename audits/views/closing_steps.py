"""The checklist of a month, its bridge and the rework still to come, as its page shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from audits.domain.bridge import Bridge, Line, Measures, Movement
from audits.domain.chain_ladder import Expected, TooLittle
from audits.domain.checklist import Item, State
from audits.exports.bridge import LABELS
from audits.exports.checklist import STATES, TITLES, sentence_of, title_of
from audits.models import Close
from audits.queries.reports import UNATTRIBUTED
from audits.views.links import Words, link
from spend.domain.money import divide
from spend.domain.periods import Month
from spend.templatetags.figures import plain_money, plain_percent, plural

_SHOWN = 20  # parts of a line; the CSV has all


@dataclass(frozen=True)
class Check:
    """An item with where it is mended."""

    title: str
    sentence: str
    state: State
    label: str
    href: str
    remedy: str


def waived(waivers: dict[str, str]) -> list[tuple[str, str]]:
    """Return what blocked and was waived, each with its reason."""
    return [(TITLES[key], reason) for key, reason in waivers.items()]


def accrued_per_success(close: Close, reported: Measures) -> int | None:
    """Return what of the cost of a success is accrued, in nanos: part of what was reported of one."""
    return divide(close.accrued, reported.successes) if close.accrued and reported.successes > 0 else None


_ORDER: dict[State, int] = {"blocks": 0, "look": 1, "ok": 2}


def checks(items: Sequence[Item], month: Month) -> list[Check]:
    """Return the items, what blocks first."""
    ordered = sorted(items, key=lambda item: _ORDER[item.state])
    return [
        Check(title_of(item), sentence_of(item), item.state, STATES[item.state], *_remedy(item, month))
        for item in ordered
    ]


def _remedy(item: Item, month: Month) -> tuple[str, str]:
    if item.key == "bill":
        query = urlencode({"provider": item.about})
        return f"{reverse('reconciliation', args=[month])}?{query}", "Reconcile it"
    address, label = _REMEDIES[item.key]
    return address(_words(month)), label


def _words(month: Month) -> Words:
    return {"from": [str(month)], "to": [str(month)]}


def _list(page: str, **only: str) -> Callable[[Words], str]:
    return lambda words: link(page, words, {name: [value] for name, value in only.items()})


def _page(name: str) -> Callable[[Words], str]:
    return lambda words: reverse(name)


_REMEDIES: dict[str, tuple[Callable[[Words], str], str]] = {
    "over": (_list("report"), "See the report"),
    "repricing": (_page("settings-repricings"), "See how far it is"),
    "priced": (_page("settings-models"), "Set prices"),
    "silent": (_page("connectors"), "See the sources"),
    "rejected": (_page("rejected"), "See why"),
    "pending": (_list("tasks", state="pending"), "See the tasks"),
    "judged": (_list("tasks", judged="no"), "See the tasks"),
    "audited": (_list("tasks", state="success", judged="no"), "See the tasks"),
    "incidents": (_list("incidents", status="open"), "See the incidents"),
    "rates": (_page("settings-rates"), "Set rates"),
    "linked": (_list("corrections", linked="no"), "See the corrections"),
    "attributed": (_list("entries", tier=UNATTRIBUTED), "See the entries"),
}


@dataclass(frozen=True)
class Part:
    """A movement, with the rows that it is made of."""

    movement: Movement
    href: str


@dataclass(frozen=True)
class Step:
    """A line of the bridge; `noun` is what its count is of."""

    label: str
    line: Line
    counted: str
    href: str
    parts: list[Part]
    more: int

    @property
    def moved(self) -> Measures:
        return self.line.moved


def steps(bridge: Bridge, month: Month) -> list[Step]:
    return [_step(line, month) for line in bridge.lines]


def _step(line: Line, month: Month) -> Step:
    named = [part for part in line.parts if part.name]
    return Step(
        label=LABELS[line.kind],
        line=line,
        counted=plural(line.count, _NOUNS[line.kind]),
        href=_rows_of(line.kind, _words(month)),
        parts=[Part(part, _row_of(part, month)) for part in named[:_SHOWN]],
        more=max(len(named) - _SHOWN, 0),
    )


_NOUNS = {
    "earlier_months": "month", "late_calls": "call", "late_tasks": "task", "repriced_calls": "call",
    "repeated_calls": "call", "crossing_calls": "call", "status_changes": "task", "unexplained": "row",
    "fixed_costs": "fixed cost", "accruals": "accrual", "bill_changed": "bill or decision",
    "bill_followed": "bill",
    **dict.fromkeys((kind for kind in LABELS if kind.endswith("_corrections")), "correction"),
    **dict.fromkeys((kind for kind in LABELS if kind.endswith("_incidents")), "incident"),
}  # fmt: skip


def _rows_of(kind: str, words: Words) -> str:
    """Return the address of the list that a line is made of."""
    if kind == "crossing_calls":
        return link("calls", words)
    if kind in ("late_calls", "late_tasks"):
        return link("calls", words, {"late": ["yes"]})
    if kind == "repeated_calls":
        return link("calls", words, {"counted": ["no"]})
    if kind == "repriced_calls":
        return reverse("settings-repricings")
    if kind in ("bill_changed", "bill_followed"):
        return reverse("reconciliation", args=words["from"])
    if kind == "status_changes":
        return link("tasks", words)
    if kind == "earlier_months":
        return link("entries", words, {"basis": ["reported"], "late": ["yes"]})
    source = _SOURCES.get(kind.rpartition("_")[2])
    return link("entries", words, {"late": ["yes"], "source": [source]}) if source else link("entries", words)


_SOURCES = {"corrections": "correction", "incidents": "incident", "costs": "fixed_cost", "accruals": "accrual"}


def _row_of(part: Movement, month: Month) -> str:
    words = _words(month)
    if part.kind == "late_calls" and part.key:
        return link("calls", words, {"late": ["yes"], "source": [part.key]})
    if part.kind == "repriced_calls":
        return link("calls", words, {"model": [part.name]})
    if part.kind.endswith("_incidents"):
        return reverse("incident", args=[part.key])
    if part.kind.endswith("_corrections"):
        return link("entries", words, {"late": ["yes"], "source": ["correction"], "q": [part.name]})
    return _rows_of(part.kind, words)


def rework(found: Expected | TooLittle, month: Month) -> dict[str, str]:
    """Say what rework is still to come, and on what it rests."""
    if isinstance(found, TooLittle):
        past = plural(found.months, "earlier month")
        return {
            "sentence": "There is too little history to say how much rework is still to come.",
            "basis": f"{past} had corrections by this age; 6 are needed.",
        }
    if not found.high:
        return {"sentence": "By how past months went on, none is still to come.", "basis": _basis(found)}
    return {
        "sentence": (
            f"About {plain_money(found.amount)} of rework on tasks of this month is still to come"
            f" (95 % interval {plain_money(found.low)} to {plain_money(found.high)})."
        ),
        "basis": _basis(found),
    }


def _basis(found: Expected) -> str:
    return (
        f"{plain_money(found.known)} is known. By this age {plural(found.months, 'earlier month')} had seen"
        f" {plain_percent(found.share_known, 0)} of what corrections came to in the end."
    )
