"""The pages of decisions."""

from audits.views.deciding.compare import compare
from audits.views.deciding.home import home
from audits.views.deciding.silent_failures import silent_failures

__all__ = ["compare", "home", "silent_failures"]
