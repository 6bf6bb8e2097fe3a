"""Rules and alerts as people may see them: whose they are, what they say, where they lead."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.domain.reach import Reach
from accounts.models import User
from accounts.queries import reach_of_user
from audits.domain.alert_words import Said
from audits.models import Alert, AlertRule
from audits.queries.readings import Found
from spend.domain.periods import Month

_RELATED = ("team", "tier", "task_type", "budget__team")


def rules_in(reach: Reach) -> QuerySet[AlertRule]:
    """Return the rules within reach: of their teams, or of budgets of these; all others belong to who sees all."""
    found = AlertRule.objects.select_related("watch", *_RELATED)
    if reach.team_ids is None:
        return found
    return found.filter(Q(team_id__in=reach.team_ids) | Q(budget__team_id__in=reach.team_ids))


def alerts_in(reach: Reach) -> QuerySet[Alert]:
    """Return the alerts of the rules within reach, the latest first."""
    rules = rules_in(reach).order_by().values("pk")
    related = (f"rule__{name}" for name in ("watch", *_RELATED))
    return Alert.objects.select_related("acknowledged_by", *related).filter(rule__in=rules)


def may_see(rule: AlertRule, reach: Reach) -> bool:
    """Whether figures of what the rule watches are within reach."""
    return reach.team_ids is None or (reach.may("read") and team_of(rule) in reach.team_ids)


def may_acknowledge(rule: AlertRule, reach: Reach) -> bool:
    """Whoever writes reference data, and who leads the team."""
    return reach.writes_reference or (reach.may("audit") and may_see(rule, reach))


def team_of(rule: AlertRule) -> int | None:
    return rule.team_id if rule.budget is None else rule.budget.team_id


def told_of(rule: AlertRule) -> list[User]:
    """Return who is told of what the rule raises: the people and roles it names, as far as they may see its figures."""
    named = User.objects.filter(Q(pk__in=rule.people.values("pk")) | Q(role__in=rule.roles), is_active=True)
    people = named.exclude(email="").order_by("username").distinct()
    return [person for person in people if may_see(rule, reach_of_user(person))]


def said_of(rule: AlertRule, provider: str = "") -> Said:
    """Return what texts are made of; `provider`: whose capture rate was the furthest off."""
    return Said(
        rule=rule.name,
        measure=rule.measure,
        scope=scope_of(rule, provider),
        comparison=rule.comparison,
        threshold=Decimal(rule.threshold),
        clear=Decimal(rule.clear_threshold),
        window=rule.window,
        days=rule.days,
    )


def scope_of(rule: AlertRule, provider: str = "") -> str:
    if rule.measure == "capture_rate":
        return provider or rule.provider or "each provider"
    if rule.budget is not None:
        return str(rule.budget)
    named = [str(each) for each in (rule.team, rule.tier, rule.task_type) if each is not None]
    return ", ".join(named) or "all work"


_PAGES = {"incident_loss": ("incidents", {}), "unpriced_share": ("calls", {"priced": "no"})}


def rows_behind(rule: AlertRule, found: Found) -> str:
    """Return the address of what a reading is made of; pages are of whole months."""
    months = found.days.period
    if rule.measure == "capture_rate":
        address = reverse("reconciliation", kwargs={"month": str(Month.of(found.days.first_day))})
        return f"{address}?{urlencode({'provider': found.provider})}"
    if rule.budget is not None:
        return f"{reverse('budgets')}?{urlencode({'month': str(months.last)})}#budget-{rule.budget.pk}"
    page, more = _PAGES.get(rule.measure, ("report", {}))
    named = {"team": rule.team, "tier": rule.tier, "task_type": rule.task_type}
    words = {"from": str(months.first), "to": str(months.last), **more}
    words |= {name: str(each) for name, each in named.items() if each is not None}
    return f"{reverse(page)}?{urlencode(words)}"
