"""How figures look on any page: rounded for people, exact on hover, a dash where nothing is known.

Money comes in nanos. A filter returns `<data value="exact" title="exact">rounded</data>`; `plain` leaves out the tag,
for titles and sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from spend.domain.money import to_dollars, to_text
from spend.queries.zone import reporting_zone

register = template.Library()

DASH = "\N{EN DASH}"
UNKNOWN = format_html(
    '<span class="unknown"><span aria-hidden="true">{}</span><span class="visually-hidden">unknown</span></span>', DASH
)


@register.filter
def money(nanos: int | None, places: int | None = None) -> SafeString:
    """Show dollars; `places` for columns, whose figures stand under each other."""
    if nanos is None:
        return UNKNOWN
    return _data(to_text(nanos), f"${to_text(nanos)}", plain_money(nanos, places))


def plain_money(nanos: int | None, places: int | None = None) -> str:
    """Whole dollars from 1,000 on, cents from 1 on, else tenths of a cent and less: 0.2353."""
    if nanos is None:
        return DASH
    dollars = abs(to_dollars(nanos))
    if places is None:
        places = 0 if dollars >= 1_000 else 2 if dollars >= 1 or not dollars else 4
    least = Decimal(1).scaleb(-places)
    sign = "\N{MINUS SIGN}" if nanos < 0 else ""
    if 0 < dollars <= least / 2:
        return f"{sign}<${least}"
    return f"{sign}${dollars.quantize(least, rounding=ROUND_HALF_EVEN):,}"


@register.filter
def exact_money(nanos: int | None) -> SafeString | str:
    """Show dollars to the last nano-dollar, as the ledger has them; all nine places, so that columns align."""
    if nanos is None:
        return UNKNOWN
    sign = "\N{MINUS SIGN}" if nanos < 0 else ""
    return f"{sign}${abs(to_dollars(nanos)):,.9f}"


@register.filter
def percent(share: float | None, places: int = 1) -> SafeString:
    if share is None:
        return UNKNOWN
    return _data(repr(share), f"{share:.6%}", plain_percent(share, places))


def plain_percent(share: float | None, places: int = 1) -> str:
    return DASH if share is None else f"{share:.{places}%}"


@register.filter
def count(number: int | None) -> SafeString:
    return UNKNOWN if number is None else _data(str(number), f"{number:,}", f"{number:,}")


@register.filter
def ratio(number: float | None, places: int | None = None) -> SafeString:
    """Show how many times: 18.4x; `places` for columns."""
    return UNKNOWN if number is None else _data(repr(number), f"{number:.6f}", plain_ratio(number, places))


def plain_ratio(number: float | None, places: int | None = None) -> str:
    if number is None:
        return DASH
    if places is not None:
        return f"{number:,.{places}f}\N{MULTIPLICATION SIGN}"
    return f"{number:,.0f}\N{MULTIPLICATION SIGN}" if number >= 100 else f"{number:.3g}\N{MULTIPLICATION SIGN}"


@register.filter
def number(value: float | None) -> SafeString:
    return UNKNOWN if value is None else _data(repr(value), f"{value:,.6f}", f"{value:,.2f}")


@register.filter
def interval(ends: tuple[Any, Any] | None, kind: str = "money") -> SafeString:
    """Show from where to where a figure may lie: 2.30 to 2.52."""
    if ends is None or ends[0] is None or ends[1] is None:
        return UNKNOWN
    if kind == "money":
        places = 2 if abs(to_dollars(ends[1])) >= 1 else 4
        shown, exact = [plain_money(end, places) for end in ends], [f"${to_text(end)}" for end in ends]
    elif kind == "percent":
        shown, exact = [plain_percent(end) for end in ends], [f"{end:.6%}" for end in ends]
    else:
        shown, exact = [f"{end:,.2f}" for end in ends], [f"{end:,.6f}" for end in ends]
    return format_html('<span class="interval" title="{} to {}">{} to {}</span>', *exact, *shown)


@register.filter
def figure(value: Any, kind: str) -> SafeString:
    """Show a figure of any kind; the columns of a table say which."""
    return _KINDS[kind](value)


@register.filter
def plural(number: int, noun: str) -> str:
    """Count something: 1 task, 2 tasks, 2 switches."""
    ending = "" if number == 1 else "es" if noun.endswith("ch") else "s"
    return f"{number:,} {noun}{ending}"


@register.filter
def words(name: str) -> str:
    """Show the name of a field: acceptance_days is acceptance days; starts_on is from."""
    return {"starts_on": "from", "ends_on": "to"}.get(name, name.replace("_", " "))


@register.filter
def dollars(amount: Decimal | None) -> SafeString:
    """Show a price or rate in full: what people set is not rounded."""
    if amount is None:
        return UNKNOWN
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    whole, _, part = text.partition(".")
    shown = f"${int(whole):,}.{part.ljust(2, '0')}"
    return _data(text, f"${text}", shown)


@register.filter
def moment(at: datetime) -> SafeString:
    """Show an instant in the reporting zone."""
    local = at.astimezone(reporting_zone())
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}")


_KINDS: dict[str, Callable[[Any], SafeString]] = {
    "money": money,
    "money2": lambda value: money(value, 2),
    "money4": lambda value: money(value, 4),
    "percent": percent,
    "count": count,
    "ratio": ratio,
    "ratio2": lambda value: ratio(value, 2),
    "number": number,
}


def _data(value: str, title: str, shown: str) -> SafeString:
    return format_html('<data value="{}" title="{}">{}</data>', value, title, shown)
