"""JSON in and out of what failure cost: records, lists of what figures are made of, and reports."""

from audits.api.alerts import Acknowledging, AlertRules, Alerts, OneAlertRule
from audits.api.assets import Assets
from audits.api.audit_plans import AuditDraws, AuditPlans, OneAuditPlan
from audits.api.budgets import Budgets, OneBudget
from audits.api.closes import MonthBridge, MonthBridgeCsv, MonthChecklist
from audits.api.closing import Closes, Reopening
from audits.api.deciding import (
    DecideBreakEven,
    DecideClaims,
    DecideCompare,
    DecideIncidents,
    DecideRouting,
    DecideScenarios,
    DecideSilentFailures,
    DecideSwitches,
    DecideValue,
    OneScenario,
)
from audits.api.focus import FocusCsv
from audits.api.langfuse import LangfuseProjects, LangfuseScores
from audits.api.links import LogLinks
from audits.api.lists import Calls, Corrections, Entries, Incidents, Tasks
from audits.api.reconciliations import Decisions, Reconciliations
from audits.api.reports import TrueCostCsv, TrueCostPdf, TrueCostReport, TrueCostXlsx
from audits.api.schedules import Schedules
from audits.api.sources import Rejected, Sources
from audits.api.traces import LangfuseTraces, Traces
from audits.api.webhooks import GithubWebhook

__all__ = [
    "Acknowledging",
    "AlertRules",
    "Alerts",
    "Assets",
    "AuditDraws",
    "AuditPlans",
    "Budgets",
    "Calls",
    "Closes",
    "Corrections",
    "DecideBreakEven",
    "DecideClaims",
    "DecideCompare",
    "DecideIncidents",
    "DecideRouting",
    "DecideScenarios",
    "DecideSilentFailures",
    "DecideSwitches",
    "DecideValue",
    "Decisions",
    "Entries",
    "FocusCsv",
    "GithubWebhook",
    "Incidents",
    "LangfuseProjects",
    "LangfuseScores",
    "LangfuseTraces",
    "LogLinks",
    "MonthBridge",
    "MonthBridgeCsv",
    "MonthChecklist",
    "OneAlertRule",
    "OneAuditPlan",
    "OneBudget",
    "OneScenario",
    "Reconciliations",
    "Rejected",
    "Reopening",
    "Schedules",
    "Sources",
    "Tasks",
    "Traces",
    "TrueCostCsv",
    "TrueCostPdf",
    "TrueCostReport",
    "TrueCostXlsx",
]
