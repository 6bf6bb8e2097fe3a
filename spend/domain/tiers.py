"""Tiers of models by blended price: (3 x input + 1 x output) / 4 in US dollars per million tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

import yaml

from spend.domain.money import to_dollars
from spend.domain.pricing import Price


@dataclass(frozen=True)
class Tier:
    """A class of models from a blended price on, with the fail rate its sellers' benchmarks claim."""

    name: str
    from_blended: Decimal
    claimed_fail_rate: Decimal | None = None


# Issue 2: commodity below $0.75, mid below $4.00, frontier from $4.00; claimed fail rates 53 %, 22 %, 5 %.
DEFAULT_TIERS = (
    Tier("commodity", Decimal(0), Decimal("0.53")),
    Tier("mid", Decimal("0.75"), Decimal("0.22")),
    Tier("frontier", Decimal("4.00"), Decimal("0.05")),
)


def blended(price: Price) -> Decimal | None:
    """Return the blended price in dollars per million tokens; None when input or output has no rate."""
    if price.input is None or price.output is None:
        return None
    return to_dollars(3 * price.input + price.output) / 4


def derive_tier(blended: Decimal | None, tiers: Iterable[Tier] = DEFAULT_TIERS, *, free: bool = False) -> str | None:
    """Return the name of the dearest tier that begins at or below `blended`.

    None when the price is unknown, or 0 without evidence that the model is free: a zero in a price list is
    more often a gap than a gift.
    """
    if blended is None or (blended == 0 and not free):
        return None
    reached = [tier for tier in tiers if tier.from_blended <= blended]
    if not reached:
        return None
    return max(reached, key=lambda tier: tier.from_blended).name


def well_known_tiers() -> dict[tuple[str, str], str]:
    """Return the shipped tier of each well-known model, by (provider, name); the file says how they were chosen."""
    shipped: dict[str, Any] = yaml.safe_load(files("spend").joinpath("data/well_known_tiers.yaml").read_text("utf-8"))
    by_provider = {
        provider: {name: tier for tier, names in tiers.items() for name in names}
        for provider, tiers in shipped["tiers"].items()
    }
    resold = {
        (seller, name): tier
        for seller, makers in shipped["resold"].items()
        for maker in makers
        for name, tier in by_provider[maker].items()
    }
    own = {(provider, name): tier for provider, tiers in by_provider.items() for name, tier in tiers.items()}
    return resold | own
