"""What failure cost: human records, the ledger they become, and the rows that reports read."""

from audits.models.alerts import Alert, AlertRecipient, AlertRule, Budget, Watch
from audits.models.call_changes import CallChange
from audits.models.closes import (
    Close,
    ClosedBills,
    ClosedCalls,
    ClosedCharges,
    ClosedEntries,
    ClosedIncidents,
    ClosedRecords,
    ClosedTasks,
    ClosedUnits,
)
from audits.models.daily import (
    Calendar,
    DailyCalls,
    DailyEntries,
    DailySources,
    DailyStrata,
    DailyTasks,
    DailyUnits,
    MonthlyCalls,
    MonthlyEntries,
    MonthlyStrata,
    MonthlyTasks,
    MonthlyUnits,
    StaleScope,
    TaskState,
)
from audits.models.ledger import Entry
from audits.models.mail import Mail, MailFile
from audits.models.notes import ReportNote
from audits.models.reconciling import ProviderTolerance, ReconciliationDecision
from audits.models.records import Correction, FixedCost, Incident, IncidentLink, LabourRate
from audits.models.sampling import AuditDraw, AuditPlan
from audits.models.scenarios import Scenario
from audits.models.schedules import Schedule, ScheduleRecipient
from audits.models.switches import Switch
from audits.models.webhooks import Webhook

__all__ = [
    "Alert",
    "AlertRecipient",
    "AlertRule",
    "AuditDraw",
    "AuditPlan",
    "Budget",
    "Calendar",
    "CallChange",
    "Close",
    "ClosedBills",
    "ClosedCalls",
    "ClosedCharges",
    "ClosedEntries",
    "ClosedIncidents",
    "ClosedRecords",
    "ClosedTasks",
    "ClosedUnits",
    "Correction",
    "DailyCalls",
    "DailyEntries",
    "DailySources",
    "DailyStrata",
    "DailyTasks",
    "DailyUnits",
    "Entry",
    "FixedCost",
    "Incident",
    "IncidentLink",
    "LabourRate",
    "Mail",
    "MailFile",
    "MonthlyCalls",
    "MonthlyEntries",
    "MonthlyStrata",
    "MonthlyTasks",
    "MonthlyUnits",
    "ProviderTolerance",
    "ReconciliationDecision",
    "ReportNote",
    "Scenario",
    "Schedule",
    "ScheduleRecipient",
    "StaleScope",
    "Switch",
    "TaskState",
    "Watch",
    "Webhook",
]
