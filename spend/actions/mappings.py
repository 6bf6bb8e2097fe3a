"""Store how the words of a source are read, and by whom that was said; it holds for what comes from then on."""

from __future__ import annotations

from datetime import datetime

import msgspec

from accounts.models import Team
from spend.models import SourceMapping
from spend.queries.mappings import Rules


def save_mapping(*, kind: str, team: Team | None, rules: Rules, by: str, at: datetime) -> None:
    """Store the rules of a kind of source for a team, or for all (None)."""
    SourceMapping.objects.update_or_create(
        kind=kind,
        team=team,
        defaults={"rules": msgspec.to_builtins(rules), "changed_at": at, "changed_by": by},
    )


def forget_mapping(*, kind: str, team: Team | None) -> None:
    """Return to what holds for all teams, or to the default."""
    SourceMapping.objects.filter(kind=kind, team=team).delete()
