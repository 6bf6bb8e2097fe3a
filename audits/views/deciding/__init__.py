"""The pages of decisions."""

from audits.views.deciding.compare import compare
from audits.views.deciding.home import home

__all__ = ["compare", "home"]
