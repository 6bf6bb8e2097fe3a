"""Every model of ours is followed by the trail, or says here why it is not."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings

SENT_BY_MACHINES = {"spend.Call", "spend.Task", "spend.Outcome", "spend.Span", "spend.RejectedItem", "spend.Source"}
DERIVED = {
    "spend.DemotedCall", "spend.DirtySlice", "spend.DirtyKey", "spend.Repricing", "spend.RepricedMonth",
    "audits.StaleScope", "audits.Watch", "audits.Calendar", "audits.TaskState",
    *(f"audits.{span}{name}" for span in ("Daily", "Monthly") for name in ("Calls", "Tasks", "Units", "Entries")),
    "audits.DailySources", "audits.DailyStrata", "audits.MonthlyStrata",
}  # fmt: skip
NEVER_CHANGED = {
    "audits.Entry", "audits.CallChange", "audits.AuditDraw", "trail.Event", "trail.Day",
    *(f"audits.Closed{name}" for name in ("Calls", "Tasks", "Units", "Entries", "Incidents", "Records", "Bills",
      "Charges")),
}  # fmt: skip
KEEPS_ITS_OWN_HISTORY = {"audits.Mail", "audits.MailFile"}
OF_THE_MOMENT = {"accounts.Attempt", "config.SampleJob"}
NOT_FOLLOWED = SENT_BY_MACHINES | DERIVED | NEVER_CHANGED | KEEPS_ITS_OWN_HISTORY | OF_THE_MOMENT
OURS = ("accounts", "spend", "audits", "config", "trail")


def test_every_model_is_followed_or_says_why_not() -> None:
    followed = {tracked.model for tracked in settings.TRACKED}
    ours = {model._meta.label for label in OURS for model in apps.get_app_config(label).get_models()}
    assert ours - followed - NOT_FOLLOWED == set(), "add it to config/tracked.py, or here to what it is instead"
    assert NOT_FOLLOWED - ours == set(), "there is no such model any more"
    assert not followed & NOT_FOLLOWED


def test_what_is_said_of_columns_is_said_of_columns_there_are() -> None:
    for tracked in settings.TRACKED:
        columns = {field.column for field in apps.get_model(tracked.model)._meta.concrete_fields}
        assert {*tracked.hidden, *tracked.unrecorded} <= columns, tracked.model


def test_each_is_called_something_of_its_own() -> None:
    labels = [tracked.label for tracked in settings.TRACKED]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("word", ["password", "secret", "digest", "token", "sealed"])
def test_what_is_called_like_a_secret_is_hidden(word: str) -> None:
    """A digest of what was sent is no secret; it is of facts, by which they are told apart."""
    of_facts = {"audits.Correction", "audits.Incident", "spend.Bill", "audits.Close", "audits.ReconciliationDecision"}
    for tracked in settings.TRACKED:
        columns = {field.column for field in apps.get_model(tracked.model)._meta.concrete_fields}
        named = {column for column in columns if word in column and not column.endswith("token_kind")}
        assert tracked.model in of_facts or named <= set(tracked.hidden), tracked.model
