"""How the words of a source become ours: a mapping for each way in, stored where it differs from the default.

Attributes are named as the source names them: an OpenTelemetry attribute key, a dotted path in a LiteLLM payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from spend.ingest.judging import OUTCOMES, VERDICTS, OutcomeRule, VerdictRule
from spend.ingest.records import NAME_LENGTH, Activity, Name, Purpose, Verdict

SourceKind = Literal["rest", "import", "otlp", "litellm", "langfuse", "github", "jira", "zendesk", "csv"]
Lookup = Callable[[str], object]
Attributes = Annotated[tuple[Name, ...], Meta(max_length=20)]


class PurposeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A call whose `attribute` has a value like `value` (a glob: `*` any text) is of this purpose."""

    attribute: Name
    value: Name
    purpose: Purpose


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """Which attributes name what; of several the first that is there counts. None there: the format's own default.

    `outcomes` and `verdicts` say which evaluations and scores are such, by their names; of several rules the first of
    that name counts. A verdict's record takes `role` and, by the verdict, its activity from here where it says none.
    What is said of an observation (a span) is of that call, or with `spans_are` tasks of the task it is part of.
    """

    task: Attributes = ()
    task_type: Attributes = ()
    team: Attributes = ()
    teams: dict[Name, Name] = {}  # the source's word for a team -> our name of it
    environment: Attributes = ()
    purposes: Annotated[tuple[PurposeRule, ...], Meta(max_length=100)] = ()
    outcomes: Annotated[tuple[OutcomeRule, ...], Meta(max_length=50)] = ()
    verdicts: Annotated[tuple[VerdictRule, ...], Meta(max_length=50)] = ()
    role: Name | None = None
    activities: dict[Verdict, Activity] = {}
    spans_are: Literal["calls", "tasks"] = "calls"

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
            value = lookup(rule.attribute)
            if value is not None and (found := _text(value)) is not None and fnmatchcase(found, rule.value):
                return rule.purpose
        return None


_PURPOSE_NAMES = (
    "truecost.purpose",
    "langfuse.observation.metadata.purpose",
    "langfuse.trace.metadata.purpose",
    "traceloop.association.properties.purpose",
    "metadata.purpose",
)


def _purposes(attributes: Iterable[str]) -> Iterable[PurposeRule]:
    """A sender's own word for the purpose of a call is one of ours."""
    return (PurposeRule(attribute, purpose, purpose) for attribute in attributes for purpose in get_args(Purpose))


_OTEL = Mapping(
    task=("truecost.task", "task.id", "langfuse.trace.metadata.task", "traceloop.association.properties.task_id"),
    task_type=("truecost.task_type", "task.type", "langfuse.trace.metadata.task_type", "traceloop.workflow.name"),
    team=("truecost.team",),
    environment=("deployment.environment.name", "deployment.environment", "langfuse.environment"),
    purposes=(
        *_purposes(_PURPOSE_NAMES),
        PurposeRule("langfuse.observation.type", "evaluator", "judge"),
        PurposeRule("langfuse.observation.type", "guardrail", "guardrail"),
        PurposeRule("langfuse.observation.type", "embedding", "embedding"),
        PurposeRule("openinference.span.kind", "EVALUATOR", "judge"),
        PurposeRule("openinference.span.kind", "GUARDRAIL", "guardrail"),
        PurposeRule("openinference.span.kind", "EMBEDDING", "embedding"),
        PurposeRule("gen_ai.operation.name", "embeddings", "embedding"),
    ),
    outcomes=OUTCOMES,
    verdicts=VERDICTS,
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
        purposes=(
            *_purposes(("tags.purpose", "metadata.requester_metadata.purpose", "metadata.spend_logs_metadata.purpose")),
            PurposeRule("call_type", "*moderation", "guardrail"),
            PurposeRule("call_type", "*embedding", "embedding"),
            PurposeRule("call_type", "*rerank", "embedding"),
        ),
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
        if (value := lookup(attribute)) is not None and (found := _text(value)) is not None:
            return found
    return None


def _text(value: object) -> str | None:
    """A name as text: whole numbers are names too, anything else that is not text names nothing."""
    if isinstance(value, str):
        return value.strip()[:NAME_LENGTH] or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
