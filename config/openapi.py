"""The OpenAPI description as a whole."""

from __future__ import annotations

from typing import Any

from audits.api.alerts import COMPONENTS as ALERTS
from audits.api.assets import COMPONENTS as ASSETS
from audits.api.audit_plans import COMPONENTS as AUDITS
from audits.api.budgets import COMPONENTS as BUDGETS
from audits.api.closes import COMPONENTS as CLOSES
from audits.api.closing import COMPONENTS as CLOSING
from audits.api.deciding import COMPONENTS as DECISIONS
from audits.api.described import COMPONENTS
from audits.api.reconciliations import COMPONENTS as RECONCILED
from audits.api.schedules import COMPONENTS as SCHEDULES
from audits.api.scored import SCORED
from audits.api.sources import COMPONENTS as SOURCES
from config.pages.bill_api import COMPONENTS as BILLS
from config.trail.api import COMPONENTS as TRAIL
from spend.ingest import schemas


def with_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the schemas that operations refer to by name."""
    named = result.setdefault("components", {}).setdefault("schemas", {})
    named |= {
        **schemas.COMPONENTS, **COMPONENTS, **RECONCILED, **SCORED, **SOURCES, **BILLS, **CLOSES, **CLOSING, **TRAIL,
        **ALERTS, **BUDGETS, **AUDITS, **ASSETS, **DECISIONS, **SCHEDULES,
    }  # fmt: skip
    return result
