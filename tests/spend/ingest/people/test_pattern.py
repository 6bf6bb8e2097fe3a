"""Patterns that name tasks in other text: what they may be, and that none runs away."""

from __future__ import annotations

import re

import pytest

from spend.ingest.people.pattern import BadPattern, compiled, found_in


@pytest.mark.parametrize(
    ("pattern", "text", "task"),
    [
        (r"([A-Z]+-\d+)", "feature/AI-17-letters", "AI-17"),
        (r"^claims/([\w.-]+)$", "claims/c.17", "c.17"),
        (r"Task: (\S+)", "What it does\nTask: T1\n", "T1"),
        (r"\[([A-Z]{2,5}-[0-9]{1,6})\]", "[AI-17] Letters", "AI-17"),
        (r"#(\d+)", "none", None),
        (r"x(\s*)", "x   ", None),
    ],
)
def test_the_group_is_the_task(pattern, text, task):
    assert found_in(pattern, text) == task


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[A-Z]+", "exactly one group"),
        ("(a)(b)", "exactly one group"),
        ("(a", "exactly one group"),
        ("((a))", "exactly one group"),
        ("(a+)+", "cannot have '+'"),
        ("(a|b)", "cannot have '|'"),
        (r"(a)\1", "cannot have"),
        ("(?=a)(b)", "cannot have '?'"),
        ("(.*.*.*)x", "at most two repeats without an end"),
        (r"(\d{1,99}\d{1,99}\d{1,99})", "at most two repeats without an end"),
        ("([z-a])", "is no pattern"),
        ("(a{5,2})", "is no pattern"),
        ("(" + "a" * 200 + ")", "at most 200 characters"),
    ],
)
def test_what_could_run_away_is_refused(pattern, reason):
    with pytest.raises(BadPattern, match=re.escape(reason)):
        compiled(pattern)


def test_only_the_beginning_of_long_text_is_searched():
    assert found_in(r"(AI-\d+)", "x" * 190 + "AI-17") == "AI-17"
    assert found_in(r"(AI-\d+)", "x" * 200 + "AI-17") is None
    assert found_in(r"(AI-\d+)", "\n" * 20 + "AI-17") is None
