"""The one list of what the audit trail follows. Whoever adds a model that people change adds a line.

A line is all: after the next `migrate` the database records each change. Not here are what machines send in bulk
(calls, tasks, outcomes: each batch is answered and kept as it came), what is derived, and what is append-only by itself
(the ledger, the frozen rows of closes).
"""

from __future__ import annotations

from trail.domain.tracked import Tracked

TRACKED = (
    # who
    Tracked("accounts.User", "person", hidden=("password",), unrecorded=("last_login",), restricted=True),
    Tracked("accounts.Membership", "member of a team", restricted=True),
    Tracked("accounts.Team", "team"),
    Tracked("accounts.ApiKey", "API key", hidden=("secret_digest",), unrecorded=("last_used_at",), restricted=True),
    Tracked("mfa.Authenticator", "second factor", hidden=("data",), unrecorded=("last_used_at",), restricted=True),
    Tracked(
        "socialaccount.SocialAccount",
        "sign-in elsewhere",
        hidden=("extra_data",),
        unrecorded=("last_login",),
        restricted=True,
    ),
    # reference data
    Tracked("spend.Tier", "tier"),
    Tracked("spend.Llm", "model"),
    Tracked("spend.LlmTier", "tier of a model"),
    Tracked("spend.Price", "price"),
    Tracked("spend.TaskType", "task type"),
    Tracked("spend.SourceMapping", "mapping of a source"),
    Tracked("spend.Installation", "installation", unrecorded=("reference_version",)),
    Tracked("audits.LabourRate", "labour rate"),
    Tracked("audits.FixedCost", "fixed cost"),
    Tracked(
        "audits.Webhook",
        "webhook",
        hidden=("sealed_secret",),
        unrecorded=("last_at", "last_event", "last_delivery"),
        restricted=True,
    ),
    # what people record
    Tracked("audits.Correction", "correction"),
    Tracked("audits.Incident", "incident"),
    Tracked("audits.IncidentLink", "cause of an incident"),
    Tracked("audits.ReportNote", "note on a report"),
    Tracked("audits.AuditPlan", "audit plan"),
    Tracked("audits.Switch", "switch"),
    Tracked("audits.Scenario", "scenario"),
    # closing the books; what is large is `hidden`: that it changed is told all the same
    Tracked("spend.Bill", "bill", hidden=("raw",)),
    Tracked("spend.BillLine", "line of a bill"),
    Tracked("audits.ProviderTolerance", "tolerance of a provider"),
    Tracked("audits.ReconciliationDecision", "decision about a bill"),
    Tracked("audits.Close", "close", hidden=("snapshot",)),
    # what goes out and what is watched; who was sent what is kept by the outbox itself
    Tracked("audits.Schedule", "schedule", unrecorded=("last_occasion",)),
    Tracked("audits.ScheduleRecipient", "recipient of a schedule"),
    Tracked("audits.Budget", "budget"),
    Tracked("audits.AlertRule", "alert rule"),
    Tracked("audits.AlertRecipient", "recipient of an alert rule"),
    Tracked("audits.Alert", "alert", unrecorded=("told_at",)),
)
