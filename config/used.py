"""What the calls of a provider's month used of each kind of token, at the prices they were priced with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db import connection

from audits.sample.bills import Used
from spend.domain.periods import Month

_KINDS = ("input", "cache_read", "cache_write", "output")


def used_by_kind(provider: str, month: date) -> Iterator[Used]:
    """Yield sums by day, model and kind; calls without a price are left out."""
    kinds = ", ".join(f"('{kind}', c.{kind}_tokens, p.{kind})" for kind in _KINDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.day, m.name, k.kind, sum(k.tokens)::bigint, sum(k.tokens * k.price) / 1000000"
            " FROM spend_call c JOIN spend_llm m ON m.id = c.llm_id JOIN spend_price p ON p.id = c.price_id"
            f" CROSS JOIN LATERAL (VALUES {kinds}) AS k(kind, tokens, price)"
            " WHERE m.provider = %s AND c.day >= %s AND c.day < %s AND c.counted AND k.tokens > 0 AND k.price > 0"
            " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [provider, month, Month.of(month).end_day],
        )
        for day, model, kind, tokens, dollars in cursor.fetchall():
            yield Used(day, provider, model, kind, tokens, Decimal(dollars))
