"""How the words of a source become ours: a mapping for each way in, stored where it differs from the default.

Attributes are named as the source names them: an OpenTelemetry attribute key, a dotted path in a LiteLLM payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from spend.ingest.records import NAME_LENGTH, Name, Purpose

SourceKind = Literal["rest", "import", "otlp", "litellm", "langfuse", "github", "jira", "zendesk", "csv"]
Lookup = Callable[[str], object]
Attributes = Annotated[tuple[Name, ...], Meta(max_length=20)]


class PurposeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A call whose `attribute` has a value like `value` (a glob: `*` any text) is of this purpose."""

    attribute: Name
    value: Name
    purpose: Purpose


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """Which attributes name what; of several the first that is there counts. None there: the format's own default."""

    task: Attributes = ()
    task_type: Attributes = ()
    team: Attributes = ()
    teams: dict[Name, Name] = {}  # the source's word for a team -> our name of it
    environment: Attributes = ()
    purposes: Annotated[tuple[PurposeRule, ...], Meta(max_length=100)] = ()

    def task_named(self, lookup: Lookup) -> str | None:
        return _first_text(self.task, lookup)

    def task_type_named(self, lookup: Lookup) -> str | None:
        return _first_text(self.task_type, lookup)

    def environment_named(self, lookup: Lookup) -> str | None:
        return _first_text(self.environment, lookup)

    def team_named(self, lookup: Lookup) -> str | None:
        """Return our name of the team; a word that is not in `teams` is taken as our name."""
        named = _first_text(self.team, lookup)
        return None if named is None else self.teams.get(named, named)

    def purpose_named(self, lookup: Lookup) -> Purpose | None:
        for rule in self.purposes:
            found = _text(lookup(rule.attribute))
            if found is not None and fnmatchcase(found, rule.value):
                return rule.purpose
        return None


_OTEL = Mapping(
    task=("truecost.task", "task.id", "langfuse.trace.metadata.task", "traceloop.association.properties.task_id"),
    task_type=("truecost.task_type", "task.type", "langfuse.trace.metadata.task_type", "traceloop.workflow.name"),
    team=("truecost.team",),
    environment=("deployment.environment.name", "deployment.environment", "langfuse.environment"),
    purposes=tuple(
        PurposeRule("truecost.purpose", purpose, purpose)
        for purpose in ("attempt", "triage", "judge", "guardrail", "embedding")
    ),
)
DEFAULTS: dict[SourceKind, Mapping] = {
    "otlp": _OTEL,
    "langfuse": _OTEL,
    "litellm": Mapping(
        task=("tags.task", "metadata.requester_metadata.task", "metadata.spend_logs_metadata.task", "session_id"),
        task_type=(
            "tags.task_type",
            "metadata.requester_metadata.task_type",
            "metadata.spend_logs_metadata.task_type",
        ),
        team=("metadata.user_api_key_team_alias",),
    ),
}
_NONE = Mapping()


def default_of(kind: SourceKind) -> Mapping:
    """Return the mapping of a source for which nobody has stored one."""
    return DEFAULTS.get(kind, _NONE)


def mapping_from(rules: bytes) -> Mapping:
    """Read a stored mapping. Raises msgspec.ValidationError with the place and the reason."""
    return msgspec.json.decode(rules, type=Mapping)


def _first_text(attributes: Iterable[str], lookup: Lookup) -> str | None:
    for attribute in attributes:
        if (found := _text(lookup(attribute))) is not None:
            return found
    return None


def _text(value: object) -> str | None:
    """A name as text: whole numbers are names too, anything else that is not text names nothing."""
    if isinstance(value, str):
        return value.strip()[:NAME_LENGTH] or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
