"""Who may go where: every address, by everybody. An address without a row here fails, and so does one that leaks."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import ApiKey, Role, Scope, Team, User
from audits.actions.mail import queue
from audits.actions.notes import write_note
from audits.actions.sampling import make_plan
from audits.actions.schedules import keep
from audits.actions.webhooks import create_webhook
from audits.domain.occasions import MONTHLY_PACK
from audits.models import (
    Alert,
    AlertRule,
    AuditPlan,
    Budget,
    Correction,
    FixedCost,
    Incident,
    LabourRate,
    Mail,
    MailFile,
    ReportNote,
    Scenario,
    Schedule,
    Switch,
    Webhook,
)
from spend.actions.bills import draft, import_bill
from spend.domain.periods import Month
from spend.models import Bill, Llm, Price, Source, Task, TaskType, Tier
from tests.build import have_reference
from tests.cast import NOON, make_user
from tests.database import Copies

pytestmark = pytest.mark.django_db

# Nobody; a key nobody made; one that expired; one with the other scopes; Support's key, viewer of Claims, lead of
# Support, lead of Claims, finance, administrator. Everything there is belongs to Claims. 400: the item is refused,
# for its team is not theirs. 302: to the log-in page. Pages know no keys. A webhook is open to who signs, only.
TABLE = """
                       nobody wrong expired scopeless neighbour victor ludo lena fiona ada
GET  healthz              200   200     200       200       200    200  200  200   200 200
GET  favicon              302   302     302       302       302    302  302  302   302 302
GET  schema               200   401     401       200       200    200  200  200   200 200
GET  docs                 200   401     401       200       200    200  200  200   200 200
GET  login                200   200     200       200       200    302  302  302   302 302
GET  password-reset       200   200     200       200       200    200  200  200   200 200
POST password-reset       200   200     200       200       200    200  200  200   200 200
GET  password-set         200   200     200       200       200    200  200  200   200 200
GET  account_login        200   200     200       200       200    302  302  302   302 302
GET  mfa_authenticate     302   302     302       302       302    302  302  302   302 302
GET  profile              302   302     302       302       302    200  200  200   200 200
GET  password-change      302   302     302       302       302    200  200  200   200 200
GET  email                302   302     302       302       302    200  200  200   200 200
GET  email-confirm        200   200     200       200       200    200  200  200   200 200
GET  second-factor        302   302     302       302       302    200  200  200   200 200
GET  recovery-codes       302   302     302       302       302    302  302  302   302 302
GET  openid_connect_login 404   404     404       404       404    404  404  404   404 404
GET  openid_connect_callback 404 404    404       404       404    404  404  404   404 404
POST logout               302   302     302       302       302    302  302  302   302 302
POST api-calls            401   401     401       403       400    403  403  403   403 200
POST api-outcomes         401   401     401       403       400    403  403  403   403 200
POST api-corrections      401   401     401       403       400    403  400  200   403 200
POST api-incidents        401   401     401       403       400    403  400  200   403 200
POST api-webhook-github   401   401     401       401       401    401  401  401   401 401
POST api-ingest-litellm   401   401     401       403       200    403  403  403   403 200
GET  api-calls            401   401     401       403       200    200  200  200   200 200
GET  api-outcomes         401   401     401       403       405    403  403  403   403 405
GET  api-tasks            401   401     401       403       200    200  200  200   200 200
GET  api-corrections      401   401     401       403       200    200  200  200   200 200
GET  api-incidents        401   401     401       403       200    200  200  200   200 200
POST api-traces           401   401     401       403       200    403  403  403   403 200
POST api-langfuse-traces  401   401     401       403       200    403  403  403   403 200
POST api-langfuse-scores 401 401  401       403       207    403  403  403   403 202
GET  api-langfuse-projects 401 401 401      200       200    403  403  403   403 200
GET  api-sources          401   401     401       403       200    200  200  200   200 200
GET  api-rejected         401   401     401       403       200    200  200  200   200 200
GET  api-entries          401   401     401       403       200    200  200  200   200 200
GET  api-true-cost        401   401     401       403       200    200  200  200   200 200
GET  api-true-cost-csv    401   401     401       403       200    200  200  200   200 200
GET  api-true-cost-xlsx   401   401     401       403       200    200  200  200   200 200
GET  api-true-cost-pdf    401   401     401       403       200    200  200  200   200 200
GET  home                 302   302     302       302       302    302  302  302   302 302
GET  overview             302   302     302       302       302    200  200  200   200 200
GET  report               302   302     302       302       302    200  200  200   200 200
GET  report-csv           302   302     302       302       302    200  200  200   200 200
GET  report-xlsx          302   302     302       302       302    200  200  200   200 200
GET  assets               302   302     302       302       302    200  200  200   200 200
GET  asset                302   302     302       302       302    404  404  404   200 200
GET  asset-csv            302   302     302       302       302    404  404  404   200 200
GET  api-decide-silent-failures 401 401 401       403       200    200  200  200   200 200
GET  api-decide-compare   401   401     401       403       200    200  200  200   200 200
GET  api-decide-break-even 401  401     401       403       200    200  200  200   200 200
GET  decide-break-even    302   302     302       302       302    200  200  200   200 200
GET  api-decide-value     401   401     401       403       200    200  200  200   200 200
GET  decide-value         302   302     302       302       302    200  200  200   200 200
GET  api-decide-claims    401   401     401       403       200    200  200  200   200 200
GET  decide-claims        302   302     302       302       302    200  200  200   200 200
GET  api-decide-incidents 401   401     401       403       200    200  200  200   200 200
GET  decide-incidents     302   302     302       302       302    200  200  200   200 200
GET  decide-switches      302   302     302       302       302    200  200  200   200 200
GET  api-decide-switches  401   401     401       403       200    200  200  200   200 200
POST api-decide-switches  401   401     401       403       400    403  400  400   400 400
GET  switch               302   302     302       302       302    404  404  404   404 404
GET  switch-new           302   302     302       302       302    403  200  200   200 200
POST switch-new           302   302     302       302       302    403  400  400   400 400
GET  switch-edit          302   302     302       302       302    403  404  200   200 200
POST switch-edit          302   302     302       302       302    403  404  400   400 400
GET  decide-routing       302   302     302       302       302    200  200  200   200 200
GET  api-decide-routing   401   401     401       403       200    200  200  200   200 200
GET  decide-scenarios     302   302     302       302       302    200  200  200   200 200
GET  api-decide-scenarios 401   401     401       403       200    200  200  200   200 200
POST api-decide-scenarios 401   401     401       403       400    403  400  400   400 400
DELETE api-scenario       401   401     401       403       404    403  404  403   204 204
GET  scenario-new         302   302     302       302       302    403  400  400   400 400
POST scenario-new         302   302     302       302       302    403  400  400   400 400
POST scenario-remove      302   302     302       302       302    403  404  403   302 302
GET  api-audit-plans      401   401     401       403       200    200  200  200   200 200
POST api-audit-plans      401   401     401       403       400    403  400  400   400 400
PUT  api-audit-plan       401   401     401       403       404    403  404  400   400 400
GET  api-audit-draws      401   401     401       403       200    200  200  200   200 200
GET  decisions            302   302     302       302       302    302  302  302   302 302
GET  decide-silent-failures 302 302     302       302       302    200  200  200   200 200
GET  decide-compare       302   302     302       302       302    200  200  200   200 200
GET  method               302   302     302       302       302    200  200  200   200 200
GET  api-assets           401   401     401       403       200    200  200  200   200 200
GET  focus                302   302     302       302       302    200  200  200   200 200
GET  focus-csv            302   302     302       302       302    200  200  200   200 200
GET  api-focus-csv        401   401     401       403       200    200  200  200   200 200
GET  explore              302   302     302       302       302    200  200  200   200 200
GET  corrections          302   302     302       302       302    200  200  200   200 200
GET  report-pdf           302   302     302       302       302    200  200  200   200 200
GET  report-notes         302   302     302       302       302    200  200  200   200 200
POST report-notes         302   302     302       302       302    403  403  403   400 400
GET  report-note          302   302     302       302       302    200  404  200   200 200
POST report-note          302   302     302       302       302    403  404  403   400 400
GET  reconcile            302   302     302       302       302    403  403  403   200 200
GET  reconciliation       302   302     302       302       302    403  403  403   200 200
POST reconciliation       302   302     302       302       302    403  403  403   400 400
GET  api-schedules        401   401     401       403       403    403  403  403   200 200
GET  api-reconciliations  401   401     401       403       403    403  403  403   200 200
POST api-reconciliation-decisions 401 401 401     403       403    403  403  403   400 400
GET  bills                302   302     302       302       302    403  403  403   200 200
GET  bill                 302   302     302       302       302    403  403  403   200 200
GET  bill-raw             302   302     302       302       302    403  403  403   200 200
GET  bill-new             302   302     302       302       302    403  403  403   200 200
POST bill-new             302   302     302       302       302    403  403  403   400 400
GET  bill-invoice         302   302     302       302       302    403  403  403   200 200
POST bill-invoice         302   302     302       302       302    403  403  403   400 400
POST bill-withdraw        302   302     302       302       302    403  403  403   302 302
GET  api-bills            401   401     401       403       403    403  403  403   200 200
POST api-bills            401   401     401       403       403    403  403  403   400 400
GET  api-bill             401   401     401       403       403    403  403  403   200 200
GET  entries              302   302     302       302       302    200  200  200   200 200
GET  calls                302   302     302       302       302    200  200  200   200 200
GET  tasks                302   302     302       302       302    200  200  200   200 200
GET  task                 302   302     302       302       302    200  404  200   200 200
GET  insurer              200   200     200       200       200    200  200  200   200 200
GET  log                  302   302     302       302       302    403  200  200   403 200
POST log                  302   302     302       302       302    403  200  200   403 200
POST log-link             302   302     302       302       302    403  404  200   403 200
POST api-log-links        401   401     401       403       400    403  400  200   403 200
GET  log-tasks            302   302     302       302       302    403  200  200   403 200
POST log-preview          302   302     302       302       302    403  200  200   403 200
GET  logged               302   302     302       302       302    403  404  200   403 200
POST logged-withdraw      302   302     302       302       302    403  404  302   403 302
GET  my-team              302   302     302       302       302    200  200  200   200 200
GET  log-paste            302   302     302       302       302    403  200  200   403 200
POST log-paste            302   302     302       302       302    403  200  200   403 200
GET  log-upload           302   302     302       302       302    403  200  200   403 200
POST log-upload           302   302     302       302       302    403  200  200   403 200
GET  log-template         302   302     302       302       302    403  200  200   403 200
GET  incidents            302   302     302       302       302    200  200  200   200 200
GET  incident             302   302     302       302       302    200  404  200   200 200
GET  incident-new         302   302     302       302       302    403  200  200   403 200
POST incident-new         302   302     302       302       302    403  200  200   403 200
POST incident-found       302   302     302       302       302    403  200  200   403 200
POST incident-preview     302   302     302       302       302    403  200  200   403 200
GET  incident-edit        302   302     302       302       302    403  404  200   403 200
POST incident-edit        302   302     302       302       302    403  404  200   403 200
POST incident-edit-preview 302  302     302       302       302    403  404  200   403 200
GET  incident-decide      302   302     302       302       302    403  404  200   403 200
POST incident-decide      302   302     302       302       302    403  404  200   403 200
GET  closes               302   302     302       302       302    403  403  403   200 200
GET  close                302   302     302       302       302    403  403  403   200 200
POST close                302   302     302       302       302    403  403  403   302 302
GET  close-bridge-csv     302   302     302       302       302    403  403  403   404 404
GET  api-closes           401   401     401       403       403    403  403  403   200 200
POST api-closes           401   401     401       403       403    403  403  403   400 400
POST api-close-reopen     401   401     401       403       403    403  403  403   403 400
GET  api-close-checklist  401   401     401       403       403    403  403  403   200 200
GET  api-close-bridge     401   401     401       403       403    403  403  403   404 404
GET  api-close-bridge-csv 401   401     401       403       403    403  403  403   404 404
GET  alerts               302   302     302       302       302    200  200  200   200 200
POST alert-acknowledge    302   302     302       302       302    403  404  302   302 302
GET  budgets              302   302     302       302       302    200  200  200   200 200
GET  settings-budget-new  302   302     302       302       302    403  403  403   200 200
POST settings-budget-new  302   302     302       302       302    403  403  403   400 400
GET  settings-budget      302   302     302       302       302    403  403  403   200 200
POST settings-budget      302   302     302       302       302    403  403  403   400 400
GET  settings-alerts      302   302     302       302       302    403  403  403   200 200
GET  settings-alert-new   302   302     302       302       302    403  403  403   200 200
POST settings-alert-new   302   302     302       302       302    403  403  403   400 400
GET  settings-alert       302   302     302       302       302    403  403  403   200 200
POST settings-alert       302   302     302       302       302    403  403  403   400 400
POST settings-alert-switch 302  302     302       302       302    403  403  403   302 302
GET  api-alert-rules      401   401     401       403       403    403  403  403   200 200
POST api-alert-rules      401   401     401       403       403    403  403  403   400 400
PUT  api-alert-rule       401   401     401       403       403    403  403  403   400 400
GET  api-alerts           401   401     401       403       200    200  200  200   200 200
POST api-alert-acknowledge 401  401     401       403       404    403  404  200   200 200
GET  api-budgets          401   401     401       403       200    200  200  200   200 200
POST api-budgets          401   401     401       403       403    403  403  403   400 400
PUT  api-budget           401   401     401       403       403    403  403  403   400 400
GET  connectors           302   302     302       302       302    200  200  200   200 200
GET  connector            302   302     302       302       302    200  404  200   200 200
GET  rejected             302   302     302       302       302    200  200  200   200 200
POST rejected-retry       302   302     302       302       302    403  302  302   403 302
POST rejected-dismiss     302   302     302       302       302    403  302  302   403 302
GET  audit-queue          302   302     302       302       302    403  200  200   403 200
POST audit-queue          302   302     302       302       302    403  404  404   403 404
GET  audit-plans          302   302     302       302       302    403  200  200   200 200
GET  audit-plan-new       302   302     302       302       302    403  200  200   200 200
POST audit-plan-new       302   302     302       302       302    403  400  400   400 400
GET  audit-plan           302   302     302       302       302    403  404  200   200 200
POST audit-plan           302   302     302       302       302    403  404  400   400 400
GET  patterns             403   403     403       403       403    403  403  403   403 200
GET  settings             302   302     302       302       302    403  403  403   200 200
GET  settings-tiers       302   302     302       302       302    403  403  403   200 200
GET  settings-tier-new    302   302     302       302       302    403  403  403   200 200
POST settings-tier-new    302   302     302       302       302    403  403  403   200 200
GET  settings-tier        302   302     302       302       302    403  403  403   200 200
POST settings-tier        302   302     302       302       302    403  403  403   200 200
GET  settings-models      302   302     302       302       302    403  403  403   200 200
GET  settings-model-new   302   302     302       302       302    403  403  403   200 200
POST settings-model-new   302   302     302       302       302    403  403  403   200 200
GET  settings-model       302   302     302       302       302    403  403  403   200 200
GET  settings-model-edit  302   302     302       302       302    403  403  403   200 200
POST settings-model-edit  302   302     302       302       302    403  403  403   200 200
GET  settings-model-tier  302   302     302       302       302    403  403  403   200 200
POST settings-model-tier  302   302     302       302       302    403  403  403   200 200
GET  settings-model-price 302   302     302       302       302    403  403  403   200 200
POST settings-model-price 302   302     302       302       302    403  403  403   200 200
GET  settings-price-withdraw 302   302     302       302       302    403  403  403   200 200
GET  settings-repricings  302   302     302       302       302    403  403  403   200 200
GET  settings-repricings-state 302   302     302       302       302    403  403  403   200 200
GET  settings-rates       302   302     302       302       302    403  403  403   200 200
GET  settings-rate-new    302   302     302       302       302    403  403  403   200 200
POST settings-rate-new    302   302     302       302       302    403  403  403   200 200
GET  settings-rate        302   302     302       302       302    403  403  403   200 200
POST settings-rate        302   302     302       302       302    403  403  403   200 200
GET  settings-task-types  302   302     302       302       302    403  403  403   200 200
GET  settings-task-type-new 302   302     302       302       302    403  403  403   200 200
POST settings-task-type-new 302   302     302       302       302    403  403  403   200 200
GET  settings-task-type   302   302     302       302       302    403  403  403   200 200
POST settings-task-type   302   302     302       302       302    403  403  403   200 200
GET  settings-fixed-costs 302   302     302       302       302    403  403  403   200 200
GET  settings-fixed-cost-new 302   302     302       302       302    403  403  403   200 200
POST settings-fixed-cost-new 302   302     302       302       302    403  403  403   200 200
GET  settings-fixed-cost  302   302     302       302       302    403  403  403   200 200
POST settings-fixed-cost  302   302     302       302       302    403  403  403   200 200
POST settings-price-withdraw 302   302     302       302       302    403  403  403   302 302
GET  settings-mappings    302   302     302       302       302    403  403  403   200 200
GET  settings-mapping     302   302     302       302       302    403  403  403   200 200
POST settings-mapping     302   302     302       302       302    403  403  403   200 200
GET  settings-schedules   302   302     302       302       302    403  403  403   200 200
GET  settings-schedule-new 302  302     302       302       302    403  403  403   200 200
POST settings-schedule-new 302  302     302       302       302    403  403  403   400 400
GET  settings-schedule    302   302     302       302       302    403  403  403   200 200
GET  settings-schedule-edit 302 302     302       302       302    403  403  403   200 200
POST settings-schedule-edit 302 302     302       302       302    403  403  403   400 400
POST settings-schedule-send 302 302     302       302       302    403  403  403   302 302
POST settings-schedule-mail-again 302 302 302     302       302    403  403  403   302 302
GET  settings-schedule-file 302 302     302       302       302    403  403  403   200 200
GET  settings-webhooks    302   302     302       302       302    403  403  403   403 200
GET  settings-webhook-new 302   302     302       302       302    403  403  403   403 200
POST settings-webhook-new 302   302     302       302       302    403  403  403   403 200
GET  settings-webhook-revoke 302 302    302       302       302    403  403  403   403 200
POST settings-webhook-revoke 302 302    302       302       302    403  403  403   403 302
GET  trail                302   302     302       302       302    403  403  403   200 200
GET  trail-csv            302   302     302       302       302    403  403  403   200 200
GET  api-trail            401   401     401       403       403    403  403  403   200 200
GET  settings-teams       302   302     302       302       302    403  403  403   403 200
POST settings-teams       302   302     302       302       302    403  403  403   403 200
GET  settings-team        302   302     302       302       302    403  403  403   403 200
POST settings-team        302   302     302       302       302    403  403  403   403 200
GET  settings-people      302   302     302       302       302    403  403  403   403 200
GET  settings-person-new  302   302     302       302       302    403  403  403   403 200
POST settings-person-new  302   302     302       302       302    403  403  403   403 200
GET  settings-person      302   302     302       302       302    403  403  403   403 200
POST settings-person      302   302     302       302       302    403  403  403   403 200
POST settings-person-link 302   302     302       302       302    403  403  403   403 200
POST settings-person-second-factor 302 302 302   302       302    403  403  403   403 302
GET  settings-keys        302   302     302       302       302    403  403  403   403 200
GET  settings-key-new     302   302     302       302       302    403  403  403   403 200
POST settings-key-new     302   302     302       302       302    403  403  403   403 200
GET  settings-key-revoke  302   302     302       302       302    403  403  403   403 200
POST settings-key-revoke  302   302     302       302       302    403  403  403   403 302
GET  start                302   302     302       302       302    200  200  200   200 200
GET  start-administrator  403   403     403       403       403    403  403  403   403 403
POST start-team           302   302     302       302       302    403  403  403   403 400
POST start-key            302   302     302       302       302    403  403  403   403 400
GET  start-received       302   302     302       302       302    403  403  403   403 200
GET  start-sample         302   302     302       302       302    403  403  403   403 200
POST start-sample-load    302   302     302       302       302    403  403  403   403 400
POST start-sample-stop    302   302     302       302       302    403  403  403   403 302
POST start-sample-remove  302   302     302       302       302    403  403  403   403 400
"""
WHO, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
ADDRESSES = {name for _, name, *_ in ROWS}

REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers:        [{name: mid, from_blended: 1}]
models:       [{provider: own, name: tiny, tier: mid, prices: [{from: 2026-01-01, input: 1, output: 2}]}]
task_types:   [{name: summary}]
fixed_costs:  [{name: Lease, from: 2027-01-01, to: 2027-02-01, amount: 1}]
"""
MARK = "only-for-claims"
TRACE = {"resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat",
    "startTimeUnixNano": "1759651200000000000", "endTimeUnixNano": "1759651201000000000",
    "attributes": [
        {"key": name, "value": {"stringValue": value}}
        for name, value in {
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "small-1", "truecost.team": "Claims",
            "truecost.task": MARK,
        }.items()
    ],
}]}]}]}  # fmt: skip
OUTSIDERS = ("nobody", "wrong", "expired", "scopeless", "neighbour", "ludo")
BODIES = {
    "api-calls": {"calls": [{
        "id": f"{MARK}-call", "occurred_at": "2026-10-05T08:00:00Z", "model": "small-1", "task": MARK,
        "task_type": "claim", "cost_usd": "0.25", "input_tokens": 10, "team": "Claims",
    }]},
    "api-outcomes": {"outcomes": [{"task": MARK, "outcome": "success", "team": "Claims"}]},
    "api-corrections": {"corrections": [{
        "id": f"{MARK}-work", "worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix",
        "task": MARK, "team": "Claims",
    }]},
    "api-log-links": {"task": MARK, "team": "Claims"},
    "api-traces": TRACE,
    "api-langfuse-traces": TRACE,
    "api-langfuse-scores": [{
        "name": "task_success", "value": True, "traceId": MARK, "metadata": {"team": "Claims"},
    }],
    "api-ingest-litellm": {
        "id": f"{MARK}-answer", "startTime": 1791187200.0, "model": "small-1", "prompt_tokens": 10,
        "metadata": {"user_api_key_team_alias": "Claims"},
    },
    "api-incidents": {"incidents": [{
        "id": f"{MARK}-incident", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-07",
        "loss_usd": "7654321.5", "tasks": [{"task": MARK}], "team": "Claims",
    }]},
}  # fmt: skip
ROW_OF: dict[str, Any] = {
    "bill": Bill,
    "bill-raw": Bill,
    "bill-withdraw": Bill,
    "api-bill": Bill,
    "settings-team": Team,
    "settings-person": User,
    "settings-person-link": User,
    "settings-person-second-factor": User,
    "settings-key-revoke": ApiKey,
    "settings-tier": Tier,
    "settings-model": Llm,
    "settings-model-edit": Llm,
    "settings-model-tier": Llm,
    "settings-model-price": Llm,
    "settings-price-withdraw": Price,
    "settings-rate": LabourRate,
    "settings-task-type": TaskType,
    "settings-fixed-cost": FixedCost,
    "connector": Source,
    "settings-schedule": Schedule,
    "settings-schedule-edit": Schedule,
    "settings-schedule-send": Schedule,
    "settings-webhook-revoke": Webhook,
    "alert-acknowledge": Alert,
    "api-alert-acknowledge": Alert,
    "settings-alert": AlertRule,
    "settings-alert-switch": AlertRule,
    "api-alert-rule": AlertRule,
    "settings-budget": Budget,
    "switch-edit": Switch,
    "scenario-remove": Scenario,
    "api-scenario": Scenario,
    "api-budget": Budget,
}
SCOPE_OF_POST = {
    "api-calls": "ingest", "api-outcomes": "ingest", "api-corrections": "audit", "api-incidents": "audit",
    "api-log-links": "audit", "api-langfuse-scores": "ingest", "api-ingest-litellm": "ingest",
    "api-traces": "ingest", "api-langfuse-traces": "ingest",
}  # fmt: skip
OF_A_MONTH = (
    "close",
    "api-close-reopen",
    "close-bridge-csv",
    "api-close-checklist",
    "api-close-bridge",
    "api-close-bridge-csv",
)
IDENTITY_OF: dict[str, Any] = {
    "asset": FixedCost, "asset-csv": FixedCost, "audit-plan": AuditPlan, "api-audit-plan": AuditPlan,
    "report-note": ReportNote,
}  # fmt: skip
OF_AN_INCIDENT = ("incident", "incident-edit", "incident-edit-preview", "incident-decide")


def key_client(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def key(team: Team | None, *scopes: str) -> str:
    return create_key(name="gateway", scopes=scopes, team=team, at=NOON)[1]


@pytest.fixture(scope="module")
def met(copies: Copies, migrated: str, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, APIClient]]:
    """A database with everybody and a fact of each kind, for the tests of a file; each of WHO but `scopeless`."""
    name = copies.make("everybody", of=migrated)
    with django_db_blocker.unblock(), copies.in_use(name):
        clients = make_everybody()
        make_facts(clients["ada"])
        yield clients
    copies.drop(name)


@pytest.fixture
def everybody(met: dict[str, APIClient], db: None) -> dict[str, APIClient]:
    """Each as they came: who logged out in one test is logged in for the next."""
    return deepcopy(met)


def make_everybody() -> dict[str, APIClient]:
    claims, support = Team.objects.create(name="Claims"), Team.objects.create(name="Support")
    have_reference(REFERENCE, at=NOON)
    expired = key(claims, *Scope.values)
    ApiKey.objects.filter(prefix=expired.split("_")[1]).update(expires_at=NOON - timedelta(days=365))
    clients = {
        "nobody": APIClient(),
        "wrong": key_client("tc_nosuchkey000_" + "x" * 43),
        "expired": key_client(expired),
        "neighbour": key_client(key(support, *Scope.values)),
    }
    people = {
        "victor": (Role.VIEWER, claims),
        "ludo": (Role.TEAM_LEAD, support),
        "lena": (Role.TEAM_LEAD, claims),
        "fiona": (Role.FINANCE,),
        "ada": (Role.ADMINISTRATOR,),
    }
    for name, said in people.items():
        clients[name] = APIClient()
        clients[name].force_login(make_user(name, *said))
    return clients


def make_facts(ada: APIClient) -> None:
    for name in ("api-calls", "api-outcomes", "api-corrections", "api-incidents"):
        response = ada.post(reverse(name), BODIES[name], format="json")
        assert response.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    ada.get(reverse("api-tasks"))  # works them in
    claims, fiona = Team.objects.get(name="Claims"), User.objects.get(username="fiona")
    create_webhook(name="acme", team=claims, at=NOON)
    content = b"day,amount,provider,description\n2026-10-05,7654321,openai,MARK\n".replace(b"MARK", MARK.encode())
    import_bill(draft(content), content, by=fiona, at=NOON)
    write_note(month=Month(2026, 10), team=claims, text=MARK, by=fiona, at=NOON)
    make_schedule(fiona)
    make_alert(claims)
    make_plan(AuditPlan(team=claims, number=1), at=NOON, by=None)
    make_switch(claims)
    make_scenario(claims)


def make_switch(claims: Team) -> None:
    tiers = [Tier.objects.create(name=name, from_blended=0) for name in ("before", "after")]
    Switch.objects.create(
        team=claims, month=NOON.date().replace(day=1), note=MARK, tier_before=tiers[0], tier_after=tiers[1], cost=1
    )


def make_scenario(claims: Team) -> None:
    expected = {"success": 0.5, "success_ends": [0.4, 0.6], "cost": 1, "cost_ends": [1, 1]}
    Scenario.objects.create(
        name=MARK, team=claims, policy=["before"], first_month=NOON.date(), last_month=NOON.date(), expected=expected,
        terms={"failure": 0, "review": 0, "silent": {}}, made_at=NOON,
    )  # fmt: skip


def make_schedule(fiona: User) -> None:
    pack = Schedule(name=MARK, kind=MONTHLY_PACK, day=3, at=time(7), zone="UTC", created_at=NOON)
    keep(pack, [fiona], at=NOON)
    file = MailFile.objects.create(name="a.pdf", content_type="application/pdf", content=b"%PDF", made_at=NOON)
    queue(f"schedule:{pack.pk}:2026-11-04:{fiona.pk}", fiona, MARK, MARK, at=NOON, files=[file])


def make_alert(claims: Team) -> None:
    """One that is raised, of a rule on a budget of Claims, with what is only for them in its name and value."""
    budget = Budget.objects.create(
        team=claims, counts=Budget.TRUE_COST, first_month=NOON.date().replace(day=1), amount=7_654_321 * 10**9
    )
    limits = {"threshold": 1, "clear_threshold": 1, "comparison": "above", "window": "month", "minimum": 0}
    rule = AlertRule.objects.create(name=MARK, measure="budget_share", budget=budget, created_at=NOON, **limits)
    Alert.objects.create(
        rule=rule, raised_at=NOON, told_at=NOON, value=2, threshold=1, first_day=NOON, end_day=NOON, link="/budgets"
    )


def scopeless(method: str, name: str) -> APIClient:
    needed = SCOPE_OF_POST[name] if name == "api-outcomes" or (method == "POST" and name in SCOPE_OF_POST) else "read"
    claims = Team.objects.get(name="Claims")
    return key_client(key(claims, *(scope for scope in Scope.values if scope != needed)))


def asked(client: APIClient, method: str, name: str) -> Any:
    address = reverse(name, kwargs=words_of(name))
    if method == "GET":
        return client.get(
            address, {"from": "2026-10", "to": "2026-10"} if "true-cost" in name or "focus-csv" in name else {}
        )
    return getattr(client, method.lower())(address, BODIES.get(name, {}), format="json")


FIXED_WORDS: dict[str, dict[str, Any]] = {
    "password-set": {"uidb64": "MQ", "token": "expired"},
    "email-confirm": {"token": "expired"},
    "reconciliation": {"month": "2026-10"},
    "settings-mapping": {"kind": "jira"},
    **{name: {"month": "2026-10"} for name in OF_A_MONTH},
}


def words_of(name: str) -> dict[str, Any] | None:
    if name in FIXED_WORDS:
        return FIXED_WORDS[name]
    if name in OF_AN_INCIDENT:
        way = {"way": "dismiss"} if name == "incident-decide" else {}
        return {"identity": Incident.objects.get(latest=True).identity, **way}
    if name.startswith("logged"):
        return {"identity": Correction.objects.get().identity}
    if name in IDENTITY_OF:
        return {"identity": IDENTITY_OF[name].objects.get().identity}
    if name in ("task", "log-link"):
        return {"key": Task.objects.get().pk}
    if name in ("settings-schedule-file", "settings-schedule-mail-again"):
        file = {"file": MailFile.objects.get().pk} if name == "settings-schedule-file" else {}
        return {"pk": Schedule.objects.get().pk, "mail": Mail.objects.get().pk, **file}
    rows = ROW_OF.get(name)
    return None if rows is None else {"pk": rows.objects.order_by("pk").first().pk}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_everybody_gets_what_the_table_says(everybody, row):
    method, name, *expected = row
    clients = everybody | {"scopeless": scopeless(method, name)}
    found, leaks = {}, []
    for who in WHO:
        with transaction.atomic():
            response = asked(clients[who], method, name)
            content = response.getvalue()
            transaction.set_rollback(True)
        found[who] = str(response.status_code)
        if method == "GET" and who in OUTSIDERS and (MARK.encode() in content or b"7654321" in content):
            leaks.append(who)
    assert found == dict(zip(WHO, expected, strict=True))
    assert leaks == []


def test_the_mark_would_be_seen(everybody):
    """Else the search for leaks above proves nothing."""
    lists = ("api-calls", "api-tasks", "api-corrections", "api-incidents", "api-entries", "tasks", "incidents")
    for name in (*lists, "task", "incident", "alerts", "api-alerts"):
        assert MARK in asked(everybody["lena"], "GET", name).content.decode(), name


@pytest.mark.parametrize("words", [{}, {"team": "Claims"}, {"by": "team"}])
def test_a_report_is_of_ones_own_teams(everybody, words):
    address = reverse("api-true-cost")
    months = {"from": "2026-10", "to": "2026-10"}
    for who, calls in {"neighbour": 0, "ludo": 0, "lena": 1, "victor": 1, "fiona": 1}.items():
        report = everybody[who].get(address, months | words).json()
        assert report["total"]["calls"] == calls, who
        assert bool(report["rows"]) is bool(calls), who


def test_every_address_has_a_row():
    missing = set(addresses(get_resolver().url_patterns)) - ADDRESSES
    assert not missing, f"say in TABLE of {__file__} who may go to {missing}"


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)
        else:
            yield from addresses(pattern.url_patterns)
