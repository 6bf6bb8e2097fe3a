"""The pages of decisions."""

from audits.views.deciding.break_even import break_even
from audits.views.deciding.claims import claims
from audits.views.deciding.compare import compare
from audits.views.deciding.home import home
from audits.views.deciding.incidents import incidents
from audits.views.deciding.routing import routing
from audits.views.deciding.scenarios import scenario_new, scenario_remove, scenarios
from audits.views.deciding.silent_failures import silent_failures
from audits.views.deciding.switches import one_switch, switch_edit, switch_new, switches
from audits.views.deciding.value import value

__all__ = [
    "break_even",
    "claims",
    "compare",
    "home",
    "incidents",
    "one_switch",
    "routing",
    "scenario_new",
    "scenario_remove",
    "scenarios",
    "silent_failures",
    "switch_edit",
    "switch_new",
    "switches",
    "value",
]
