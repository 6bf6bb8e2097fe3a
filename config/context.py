"""What every page of ours shows around its content: whose figures, of which zone, simulated or not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.queries import reach_of_user
from config.navigation import navigation
from config.trail.access import reads_trail
from spend.queries.installation import is_simulated
from spend.queries.repricing import under_way


def page(request: HttpRequest) -> dict[str, Any]:
    """Asked for lazily: a page that shows none of it queries nothing."""
    return {
        "reach": SimpleLazyObject(lambda: reach_of_user(request.user)),
        "reads_trail": SimpleLazyObject(lambda: reads_trail(reach_of_user(request.user))),
        "navigation": SimpleLazyObject(lambda: navigation(reach_of_user(request.user), request.path)),
        "repricing": SimpleLazyObject(under_way),
        "simulated": SimpleLazyObject(is_simulated),
        "reporting_zone": settings.REPORTING_TIME_ZONE,
    }
