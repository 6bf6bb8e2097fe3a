"""How far somebody reaches: the one answer to "may they?", for people and for keys alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """What a person or a key may do, and whose. `team_ids` None: all teams, those still to come included."""

    name: str
    scopes: frozenset[str]
    team_ids: frozenset[int] | None
    writes_reference: bool = False
    administers: bool = False

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def sees(self, team_id: int | None) -> bool:
        """Whether rows of this team are theirs; rows of no team belong to those who see all."""
        return self.team_ids is None or team_id in self.team_ids


NOBODY = Reach(name="", scopes=frozenset(), team_ids=frozenset())
