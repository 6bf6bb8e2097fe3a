"""How a mapping finds what it names."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.mapping import DEFAULTS, Mapping, PurposeRule, default_of, mapping_from
from spend.ingest.records import Purpose

SAID = {
    "task.id": " claim-1 ",
    "session.id": 17,
    "kind": "LLM_JUDGE",
    "team": "claims-emea",
    "empty": " ",
    "flag": True,
}


def test_the_first_attribute_that_names_something_counts() -> None:
    mapping = Mapping(task=("empty", "absent", "session.id", "task.id"))
    assert mapping.task_named(SAID.get) == "17"
    assert Mapping(task=("flag", "task.id")).task_named(SAID.get) == "claim-1"
    assert Mapping().task_named(SAID.get) is None


def test_a_word_for_a_team_becomes_our_name_of_it() -> None:
    mapping = Mapping(team=("team",), teams={"claims-emea": "Claims"})
    assert mapping.team_named(SAID.get) == "Claims"
    assert mapping.team_named({"team": "Support"}.get) == "Support"


def test_the_first_rule_that_fits_gives_the_purpose() -> None:
    mapping = Mapping(purposes=(PurposeRule("kind", "*_judge", "triage"), PurposeRule("kind", "*_JUDGE", "judge")))
    assert mapping.purpose_named(SAID.get) == "judge"
    assert mapping.purpose_named({"kind": "CHAIN"}.get) is None


def test_a_stored_mapping_with_an_unknown_rule_names_it() -> None:
    with pytest.raises(msgspec.ValidationError, match="tasks"):
        mapping_from(b'{"tasks": ["a"]}')
    assert mapping_from(msgspec.json.encode(DEFAULTS["otlp"])) == DEFAULTS["otlp"]
    assert default_of("csv") == Mapping()


@pytest.mark.parametrize(
    ("kind", "attribute", "value", "purpose"),
    [
        ("otlp", "truecost.purpose", "triage", "triage"),
        ("otlp", "openinference.span.kind", "EVALUATOR", "judge"),
        ("otlp", "openinference.span.kind", "GUARDRAIL", "guardrail"),
        ("otlp", "gen_ai.operation.name", "embeddings", "embedding"),
        ("otlp", "gen_ai.operation.name", "chat", None),
        ("langfuse", "langfuse.observation.type", "evaluator", "judge"),
        ("langfuse", "langfuse.observation.type", "guardrail", "guardrail"),
        ("langfuse", "langfuse.observation.type", "generation", None),
        ("langfuse", "langfuse.trace.metadata.purpose", "judge", "judge"),
        ("litellm", "call_type", "aembedding", "embedding"),
        ("litellm", "call_type", "amoderation", "guardrail"),
        ("litellm", "call_type", "acompletion", None),
        ("litellm", "metadata.requester_metadata.purpose", "judge", "judge"),
    ],
)
def test_the_default_purposes(kind, attribute, value, purpose) -> None:
    assert default_of(kind).purpose_named({attribute: value}.get) == purpose


ATTRIBUTES = sorted({rule.attribute for mapping in DEFAULTS.values() for rule in mapping.purposes})
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.lists(st.integers(), max_size=2))


@given(st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES), st.sampled_from(sorted(DEFAULTS)))
def test_whatever_attributes_say_is_a_purpose_or_none(said, kind) -> None:
    assert default_of(kind).purpose_named(said.get) in (None, *get_args(Purpose))


@given(st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(["judge", "triage", "EVALUATOR", "chat"])))
def test_the_senders_own_word_wins_over_what_the_span_is(said) -> None:
    assert default_of("otlp").purpose_named({**said, "truecost.purpose": "guardrail"}.get) == "guardrail"
