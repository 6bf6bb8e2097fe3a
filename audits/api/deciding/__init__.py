"""JSON out: the questions that decide, one module each."""

from audits.api.deciding import (
    break_even,
    claims,
    compare,
    incidents,
    routing,
    scenarios,
    silent_failures,
    switches,
    value,
)
from audits.api.deciding.break_even import DecideBreakEven
from audits.api.deciding.claims import DecideClaims
from audits.api.deciding.compare import DecideCompare
from audits.api.deciding.incidents import DecideIncidents
from audits.api.deciding.routing import DecideRouting
from audits.api.deciding.scenarios import DecideScenarios, OneScenario
from audits.api.deciding.silent_failures import DecideSilentFailures
from audits.api.deciding.switches import DecideSwitches
from audits.api.deciding.value import DecideValue
from spend.ingest.schemas import Schema

COMPONENTS: dict[str, Schema] = {
    **break_even.COMPONENTS,
    **claims.COMPONENTS,
    **compare.COMPONENTS,
    **incidents.COMPONENTS,
    **routing.COMPONENTS,
    **scenarios.COMPONENTS,
    **silent_failures.COMPONENTS,
    **switches.COMPONENTS,
    **value.COMPONENTS,
}

__all__ = [
    "COMPONENTS",
    "DecideBreakEven",
    "DecideClaims",
    "DecideCompare",
    "DecideIncidents",
    "DecideRouting",
    "DecideScenarios",
    "DecideSilentFailures",
    "DecideSwitches",
    "DecideValue",
    "OneScenario",
]
