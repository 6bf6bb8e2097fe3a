"""Whether calls come in: what the first run waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from accounts.models import ApiKey
from config.start.removal import loaded_at
from spend.models import Call
from spend.queries.installation import is_simulated

_MOST = 1_000  # counted; a page that waits for the first does not scan millions


@dataclass(frozen=True)
class Received:
    """`call` is one of them; `count` is at most 1,000. `key_used_at`: a key was used, whatever came of it."""

    count: int
    call: Call | None
    key_used_at: datetime | None

    @property
    def is_many(self) -> bool:
        return self.count >= _MOST


def received_calls() -> Received:
    """Return what has come in but for the sample."""
    own = Call.objects.select_related("llm", "team")
    if is_simulated():
        own = own.exclude(received_at__in=loaded_at())
    some = list(own[:_MOST])
    return Received(
        count=len(some),
        call=max(some, key=lambda call: call.received_at, default=None),
        key_used_at=ApiKey.objects.aggregate(at=Max("last_used_at"))["at"],
    )
