"""Rules by which the words of a source become outcomes and verdicts: part of a mapping, values and globs only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fnmatch import fnmatchcase
from operator import ge, gt, le, lt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from spend.ingest.records import Name, OutcomeValue, Verdict

# Who judged: a person, a model (an LLM as a judge), or code (a test, a check); None where nobody says.
Judge = Literal["person", "model", "code"]
Words = Annotated[tuple[Name, ...], Meta(max_length=50)]
Said = str | bool | int | Decimal

_COMPARISON = re.compile(r"(>=|<=|>|<)\s*(-?[0-9]{1,20}(?:\.[0-9]{1,20})?)")
_COMPARE = {">=": ge, "<=": le, ">": gt, "<": lt}
_MOST_DIGITS = 30


class UnknownValue(ValueError):
    """A rule is of this name, and none of its values is this one."""


class OutcomeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Evaluations called one of `names` are outcomes of a task.

    Names and values are globs, in any case; a value such as `>=0.8` compares numbers. What a model judged counts
    only where `from_models` says so.
    """

    names: Words
    success: Words
    failure: Words
    from_models: bool = False

    def value_of(self, said: Said) -> OutcomeValue:
        if means(said, self.success):
            return "success"
        if means(said, self.failure):
            return "failure"
        raise UnknownValue("means neither success nor failure by the mapping of this source")


class VerdictRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Evaluations called one of `names` are verdicts of people; those of models and code never are.

    With `stated` it has to say that a person judged; else the name alone says it.
    """

    names: Words
    accepted: Words = ()
    amended: Words = ()
    rejected: Words = ()
    stated: bool = False

    def value_of(self, said: Said) -> Verdict:
        if means(said, self.accepted):
            return "accepted"
        if means(said, self.amended):
            return "amended"
        if means(said, self.rejected):
            return "rejected"
        raise UnknownValue("is no verdict by the mapping of this source")


def outcome_by(rules: Iterable[OutcomeRule], name: str, said: Said, judge: Judge | None) -> OutcomeValue | None:
    """Return the outcome that this evaluation is, None where it is none. Raises UnknownValue."""
    for rule in rules:
        if _is_called(name, rule.names) and (judge != "model" or rule.from_models):
            return rule.value_of(said)
    return None


def verdict_by(rules: Iterable[VerdictRule], name: str, said: Said, judge: Judge | None) -> Verdict | None:
    """Return the verdict that this evaluation is, None where it is none. Raises UnknownValue."""
    for rule in rules:
        if _is_called(name, rule.names) and (judge == "person" or (judge is None and not rule.stated)):
            return rule.value_of(said)
    return None


def means(said: Said, words: Iterable[str]) -> bool:
    text = text_of(said)
    return any(_compares(said, word) or fnmatchcase(text, word.strip().casefold()) for word in words)


def text_of(said: Said) -> str:
    """Return how a value is written in a rule: `true`, `1`, `0.5`, and text in lower case without blanks around it."""
    if isinstance(said, bool):
        return "true" if said else "false"
    if isinstance(said, str):
        return said.strip().casefold()
    number = Decimal(said)
    is_short = number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS
    return f"{number.normalize():f}" if is_short else str(number).casefold()


def _is_called(name: str, names: Iterable[str]) -> bool:
    folded = name.strip().casefold()
    return any(fnmatchcase(folded, glob.strip().casefold()) for glob in names)


def _compares(said: Said, word: str) -> bool:
    if isinstance(said, str | bool) or (found := _COMPARISON.fullmatch(word.strip())) is None:
        return False
    number = Decimal(said)
    return number.is_finite() and bool(_COMPARE[found[1]](number, Decimal(found[2])))


OUTCOMES = (
    OutcomeRule(
        names=("task_success", "task.success", "task-success", "task_outcome", "task.outcome", "success", "outcome"),
        success=("true", "1", "success", "succeeded", "successful", "pass", "passed", "yes"),
        failure=("false", "0", "failure", "failed", "unsuccessful", "fail", "no"),
    ),
)
_ACCEPTED = ("accepted", "accept", "approved", "approve", "correct")
_AMENDED = ("amended", "amend", "edited", "corrected", "modified")
_REJECTED = ("rejected", "reject", "declined", "incorrect")
VERDICTS = (
    VerdictRule(
        names=("human_verdict", "human.verdict", "human-verdict", "human_review", "reviewer_verdict"),
        accepted=(*_ACCEPTED, "true", "1"),
        amended=_AMENDED,
        rejected=(*_REJECTED, "false", "0"),
    ),
    VerdictRule(
        names=("verdict", "review", "correction"),
        accepted=(*_ACCEPTED, "true", "1"),
        amended=_AMENDED,
        rejected=(*_REJECTED, "false", "0"),
        stated=True,
    ),
)
