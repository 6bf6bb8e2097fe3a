"""How a mapping finds what it names."""

from __future__ import annotations

import msgspec
import pytest

from spend.ingest.mapping import DEFAULTS, Mapping, PurposeRule, default_of, mapping_from

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
