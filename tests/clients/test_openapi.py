"""The OpenAPI description says what the API takes and answers, field by field."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from django.core.management import call_command

from spend.ingest import schemas
from spend.ingest.records import Kind
from spend.ingest.rules import RULES

KINDS = get_args(Kind)


def schema_of(kind: Kind) -> dict[str, Any]:
    return schemas.COMPONENTS[kind.title()]


def test_it_is_valid_and_complete(tmp_path):
    file = tmp_path / "schema.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))
    assert "/api/v1/calls" in file.read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_the_fields_that_are_read(kind):
    assert set(schema_of(kind)["properties"]) == set(RULES[kind].readers)


@pytest.mark.parametrize("kind", KINDS)
def test_it_requires_what_is_always_required(kind):
    """A withdrawal needs its identity alone; what the others need too is told by the answer."""
    rules = RULES[kind]
    required = {rules.identity} if "withdrawn" in rules.readers else set(rules.required)
    assert set(schema_of(kind)["required"]) == required


def choices(kind: Kind) -> list[tuple[str, Any]]:
    return [(name, field) for name, field in schema_of(kind)["properties"].items() if "enum" in field]


@pytest.mark.parametrize("kind", KINDS)
def test_its_choices_are_those_that_are_read(kind, instant):
    for name, field in choices(kind):
        read = RULES[kind].readers[name]
        for option in filter(None, field["enum"]):
            assert read(option, instant) == option
        with pytest.raises(ValueError, match=", ".join(filter(None, field["enum"]))):
            read("something else", instant)


@pytest.mark.parametrize("kind", KINDS)
def test_its_bounds_are_those_that_are_read(kind, instant):
    for name, field in schema_of(kind)["properties"].items():
        if "maximum" not in field:
            continue
        read = RULES[kind].readers[name]
        assert read(field["minimum"], instant) == field["minimum"]
        assert read(field["maximum"], instant) == field["maximum"]
        for outside in (field["minimum"] - 1, field["maximum"] + 1):
            with pytest.raises(ValueError, match="must be"):
                read(outside, instant)


@pytest.mark.parametrize("kind", KINDS)
def test_its_examples_can_be_sent(kind, instant):
    examples = {name: field["example"] for name, field in schema_of(kind)["properties"].items() if "example" in field}
    assert examples
    for name, example in examples.items():
        RULES[kind].readers[name](example, instant)


@pytest.fixture
def instant():
    from tests.cast import NOON

    return NOON
