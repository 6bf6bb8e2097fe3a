"""Rules of a mapping as text that people edit: they come back as they were, and bad lines say why."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from spend.ingest.mapping import DEFAULTS, Mapping
from spend.ingest.people.profile import PROFILE_KINDS, Profile, default_profile
from spend.ingest.rule_text import BadLine, fields_of, read, shape_of, told


@pytest.mark.parametrize("rules", [*DEFAULTS.values(), *map(default_profile, PROFILE_KINDS)], ids=str)
def test_the_defaults_come_back_as_they_were(rules: Mapping | Profile):
    built = msgspec.to_builtins(rules)
    back: dict[str, Any] = {
        field.name: built[field.name] if shape_of(field) == "flag" else read(told(built[field.name]), field)
        for field in fields_of(type(rules))
    }
    assert msgspec.convert(back, type(rules)) == rules


def field_of(name: str, kind: type[Mapping] | type[Profile] = Profile):
    return next(field for field in fields_of(kind) if field.name == name)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("roles", "mona", "Line 1: write it as word = meaning"),
        ("roles", "a = b\n\na = c", "Line 3: a is there twice"),
        ("verdicts", "approved = splendid", "splendid must be one of accepted, amended"),
    ],
)
def test_a_bad_line_says_which_it_is(name, text, reason):
    with pytest.raises(BadLine, match=reason):
        read(text, field_of(name))


@pytest.mark.parametrize("text", ["judge", "attribute = a | value = b | purpose = fun", "{", "colour = red"])
def test_a_bad_rule_says_how_one_is_written(text):
    with pytest.raises(BadLine, match="Line 1: "):
        read(text, field_of("purposes", Mapping))


def test_a_rule_with_a_comma_is_kept_whole():
    rules = [{"attribute": "a, b", "value": "x|y", "purpose": "judge"}]
    assert read(told(rules), field_of("purposes", Mapping)) == rules
