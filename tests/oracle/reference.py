"""Models, tiers, prices and rates as the reference data states them, each in force from a day on (R9, R10)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from .facts import Record
from .numbers import NANOS, as_date, exact

BUCKETS = ("input", "cache_read", "cache_write", "output")
Model = tuple[str, str]  # provider, name


class Reference:
    """Answers what was in force on a day."""

    def __init__(self, data: Record, catalogue: list[Record]):
        self.data = data
        self.contracts = {model_key(row): row.get("prices") or [] for row in self.section("models")}
        self.rows = {model_key(row): row for row in self.section("models")}
        self.catalogue: dict[Model, list[Record]] = {}
        for price in catalogue:
            self.catalogue.setdefault((price["provider"], price["name"]), []).append(price)
        self.resolved: dict[tuple[str, str], Model] = {}
        self.found_prices: dict[tuple[Model, str, date], tuple[dict[str, Fraction | None], bool] | None] = {}
        self.found_tiers: dict[tuple[Model, date], str | None] = {}
        self.task_types = {row["name"]: row for row in self.section("task_types")}

    def section(self, name: str) -> list[Record]:
        return self.data.get(name) or []

    # -- models ---------------------------------------------------------------------------------------------------

    def model(self, provider: str | None, name: str) -> Model:
        """The model that a wire record means; unknown ones are named as they came."""
        key = (provider or "", name)
        if key not in self.resolved:
            self.resolved[key] = self._model(*key)
        return self.resolved[key]

    def _model(self, provider: str, name: str) -> Model:
        known = [*self.rows, *(key for key in self.catalogue if key not in self.rows)]
        candidates = [key for key in known if name in self.names(key) and provider in ("", key[0])]
        if len(candidates) == 1:
            return candidates[0]
        return (provider, name)

    def names(self, key: Model) -> list[str]:
        return [key[1], *(self.rows.get(key, {}).get("aliases") or [])]

    def tier(self, model: Model, day: date) -> str | None:
        """The tier of a model on a day; a plain one always holds."""
        if (model, day) not in self.found_tiers:
            self.found_tiers[model, day] = self._tier(model, day)
        return self.found_tiers[model, day]

    def _tier(self, model: Model, day: date) -> str | None:
        stated = self.rows.get(model, {}).get("tier")
        if isinstance(stated, list):
            row = in_force(stated, day)
            return row["tier"] if row else None
        return stated

    # -- money ----------------------------------------------------------------------------------------------------

    def price(self, model: Model, service_tier: str, day: date) -> tuple[dict[str, Fraction | None], bool] | None:
        """Nano-dollars per token of each bucket, and whether the model is free; None where there is no price."""
        key = (model, service_tier, day)
        if key not in self.found_prices:
            self.found_prices[key] = self._price(*key)
        return self.found_prices[key]

    def _price(self, model: Model, service_tier: str, day: date) -> tuple[dict[str, Fraction | None], bool] | None:
        row = in_force(of_service(self.contracts.get(model, []), service_tier), day)
        row = row or in_force(of_service(self.catalogue.get(model, []), service_tier), day)
        if row is None:
            return None
        free = bool(row.get("free") or self.rows.get(model, {}).get("free"))
        missing = Fraction(0) if free else None
        prices = {name: missing if row.get(name) is None else exact(row[name]) * NANOS / 10**6 for name in BUCKETS}
        if not free and not any(prices.values()):
            return None
        return prices, free

    def rate(self, role: str, day: date) -> Fraction:
        """Nano-dollars per hour of a role."""
        row = in_force([row for row in self.section("labour_rates") if row["role"] == role], day)
        if row is None:
            raise ValueError(f"no rate of {role!r} on {day}: such a record is refused")
        if row.get("hourly") is not None:
            return exact(row["hourly"]) * NANOS
        loaded = exact(row["salary"]) * (1 + exact(row.get("overhead") or 0)) / exact(row["productive_hours"])
        return Fraction(round(loaded * NANOS))


def model_key(row: Record) -> Model:
    return (row.get("provider") or "", row["name"])


def of_service(prices: list[Record], service_tier: str) -> list[Record]:
    return [row for row in prices if (row.get("service_tier") or "standard") == service_tier]


def in_force(rows: list[Record], day: date) -> Record | None:
    """The row that began last by `day` and has not ended."""
    begun = [row for row in rows if start_of(row) <= day and not (row.get("to") and as_date(row["to"]) <= day)]
    return max(begun, key=start_of) if begun else None


def start_of(row: Record) -> Any:
    return as_date(row["from"]) if row.get("from") else date.min
