"""Scenarios of routing are saved as they are worked out, and removed."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.domain.reach import Reach
from audits.actions.deciding.routing import Routed, answer
from audits.actions.deciding.scenarios import kept, plan_of
from audits.domain.decisions.routing import Policy
from audits.models import Scenario
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked


def worked_out(asked: Asked, policy: Policy, *, at: datetime) -> Routed:
    """Return what is expected of a policy and its rivals. Raises BadQuery where it is of no or several task types."""
    types = asked.query.filters.get("task_type", ())
    if len(types) != 1:
        raise BadQuery({"task_type": ["name one task type"]})
    found = answer(asked, at=at).kinds
    if not found or found[0].outlook(policy) is None:
        raise BadQuery({"policy": [f"too little is known of {', then '.join(policy) or 'no tier'}"]})
    return found[0]


def save_scenario(
    asked: Asked, policy: Policy, *, name: str, note: str, reach: Reach, owner: int | None, at: datetime
) -> Scenario:
    """Work a policy out and keep it. Raises BadQuery for what cannot be worked out, and for a name that is taken."""
    team, routed = _team(asked, reach), worked_out(asked, policy, at=at)
    outlook = routed.outlook(policy)
    if outlook is None:
        raise BadQuery({"policy": ["is not known"]})
    silent = {tier: share.value for tier, share in routed.silent.items()}
    plan = plan_of(outlook, failure=routed.terms.failure, review=routed.terms.review, silent=silent)
    terms, expected = kept(plan)
    period = asked.query.period
    try:
        with transaction.atomic():
            return Scenario.objects.create(
                name=name, note=note, owner_id=owner, team_id=team, task_type_id=asked.query.filters["task_type"][0],
                policy=list(policy), first_month=period.first.first_day, last_month=period.last.first_day, terms=terms,
                expected=expected, made_at=at,
            )  # fmt: skip
    except IntegrityError as problem:
        raise BadQuery({"name": [f"there is a scenario of this name: {name!r}"]}) from problem


def _team(asked: Asked, reach: Reach) -> int | None:
    """Return whose it is: of the team named; of all for those who see all; of one's only team."""
    named = asked.query.filters.get("team", ())
    mine = tuple(sorted(reach.team_ids)) if reach.team_ids is not None else (None,)
    teams = named or mine
    if len(teams) != 1 or (teams[0] is None and reach.team_ids is not None) or not reach.sees(teams[0]):
        raise BadQuery({"team": ["name one of your teams"]})
    return teams[0]
