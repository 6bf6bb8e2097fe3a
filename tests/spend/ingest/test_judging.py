"""Which evaluations are outcomes or verdicts, by rules."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.judging import (
    OUTCOMES,
    VERDICTS,
    OutcomeRule,
    UnknownValue,
    VerdictRule,
    means,
    outcome_by,
    text_of,
    verdict_by,
)

NAMES = [name for rule in (*OUTCOMES, *VERDICTS) for name in rule.names]
SAID = st.one_of(st.booleans(), st.integers(), st.decimals(), st.text())
JUDGES = st.sampled_from([None, "person", "model", "code"])


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("task_success", True, "success"),
        ("task_success", Decimal("1.0"), "success"),  # as the SDK sends True
        ("Task_Success", 0, "failure"),
        ("outcome", " Failed ", "failure"),
        ("success", "yes", "success"),
        ("relevance", 1, None),
        ("successful_retrieval", 1, None),  # only whole names
    ],
)
def test_only_clearly_named_evaluations_are_outcomes(name, said, expected):
    assert outcome_by(OUTCOMES, name, said, None) == expected


def test_a_value_that_means_neither_is_an_error_and_no_guess():
    with pytest.raises(UnknownValue, match="neither success nor failure"):
        outcome_by(OUTCOMES, "task_success", Decimal("0.7"), None)


def test_what_a_model_judged_is_an_outcome_only_where_a_rule_says_so():
    assert outcome_by(OUTCOMES, "task_success", True, "model") is None
    assert outcome_by(OUTCOMES, "task_success", True, "code") == "success"
    trusting = OutcomeRule(names=("quality*",), success=(">=0.8",), failure=("<0.8",), from_models=True)
    assert outcome_by([trusting], "quality-judge", Decimal("0.81"), "model") == "success"
    assert outcome_by([trusting], "quality-judge", Decimal("0.79"), "model") == "failure"


@pytest.mark.parametrize(
    ("name", "said", "judge", "expected"),
    [
        ("human_verdict", "accepted", None, "accepted"),
        ("human_verdict", 0, None, "rejected"),
        ("verdict", "amended", "person", "amended"),
        ("verdict", "amended", None, None),  # nobody says that a person judged
        ("human_verdict", "rejected", "model", None),
        ("verdict", "rejected", "code", None),
        ("helpfulness", "rejected", "person", None),
    ],
)
def test_verdicts_are_of_people(name, said, judge, expected):
    assert verdict_by(VERDICTS, name, said, judge) == expected


@given(st.sampled_from(NAMES), SAID, st.sampled_from(["model", "code"]))
def test_no_value_of_a_machine_is_ever_a_verdict(name, said, judge):
    assert verdict_by(VERDICTS, name, said, judge) is None


@given(st.sampled_from(NAMES), SAID, JUDGES)
def test_any_value_has_one_meaning_or_is_refused(name, said, judge):
    for by, rules in ((outcome_by, OUTCOMES), (verdict_by, VERDICTS)):
        try:
            assert by(rules, name, said, judge) in (None, "success", "failure", "accepted", "amended", "rejected")
        except UnknownValue:
            continue


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000))
def test_a_threshold_parts_all_numbers_in_two(number):
    rule = OutcomeRule(names=("q",), success=(">= 0.5",), failure=("<0.5",))
    assert rule.value_of(number) == ("success" if number >= Decimal("0.5") else "failure")


@pytest.mark.parametrize(
    ("said", "text"),
    [(True, "true"), (Decimal("1.0"), "1"), (Decimal("0.50"), "0.5"), (10**400, str(10**400)), (" Yes ", "yes"),
     (Decimal("1E+999999"), "1e+999999"), (Decimal("NaN"), "nan"), (Decimal("sNaN"), "snan")],
)  # fmt: skip
def test_values_are_written_one_way_and_none_grows(said, text):
    assert text_of(said) == text


def test_text_never_compares_as_a_number():
    assert not means("9", (">=1",))
    assert VerdictRule(names=("x",), accepted=(">=4",), rejected=("<=2",)).value_of(5) == "accepted"
