"""A rule from its first evaluation to its mails, on a November worked out by hand (tests/watched.py)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Role, Team, User
from audits.actions.alerts import acknowledge, evaluate, preview, save_rule, switch_rule
from audits.actions.mail import deliver
from audits.models import Alert, AlertRule, Mail
from audits.queries.alerts import told_of
from tests.build import record
from tests.cast import NOON, make_user
from tests.mail import Mailbox
from tests.watched import have_november, rule

HOUR = timedelta(hours=1)
DEAR = {"name": "Claims get dear", "clear_threshold": Decimal(25), "roles": [Role.FINANCE]}

MAIL = """\
True cost per success of Claims is $29.00, above $28.00.
Days: 2026-11-01 to 2026-11-20.
Rule: Claims get dear (True cost per success above $28.00, month to date, Claims).

What it is made of:
http://truecost.test/report?from=2026-11&to=2026-11&team=Claims

Acknowledge it, and its weekly reminders end:
http://truecost.test/alerts#alert-{pk}
"""
CLEARED = """\
True cost per success of Claims is $23.20, clear of $25.00.
Days: 2026-11-01 to 2026-11-21.
Rule: Claims get dear (True cost per success above $28.00, month to date, Claims).

What it is made of:
http://truecost.test/report?from=2026-11&to=2026-11&team=Claims

The alert:
http://truecost.test/alerts#alert-{pk}
"""


@pytest.fixture
def team(claims: Team, fiona: User, settings) -> Team:
    settings.PUBLIC_URL = "http://truecost.test"
    have_november()
    return claims


@pytest.fixture
def dear(team: Team) -> AlertRule:
    """$29.00 a success is above $28.00."""
    return rule("true_cost_per_success", "28", team=team, tells_cleared=True, **DEAR)


def evaluated(*hours: int) -> None:
    for hour in hours:
        evaluate(at=NOON + hour * HOUR)


def test_it_is_raised_in_the_second_hour_and_told_once(dear, fiona):
    evaluated(0)
    assert not Alert.objects.exists()
    evaluated(1, 1, 2, 3)
    alert = Alert.objects.get()
    assert (alert.raised_at, alert.value, alert.threshold) == (NOON + HOUR, 29, 28)
    assert (alert.first_day, alert.end_day) == (date(2026, 11, 1), date(2026, 11, 21))
    mail = Mail.objects.get()
    assert (mail.key, mail.person) == (f"alert:{alert.pk}:raised:{fiona.pk}", fiona)
    assert mail.subject == "Alert: Claims get dear, $29.00"
    assert mail.body == MAIL.format(pk=alert.pk)


def test_it_clears_once_the_figure_is_back_and_a_day_is_over(dear, fiona):
    evaluated(0, 1)
    success = {"occurred_at": "2026-11-15T09:00:00Z", "model": "mini", "provider": "openai", "cost_usd": "0"}
    record("call", {"id": "call-g", "task": "g", "team": "Claims", **success}, at=NOON)
    record("outcome", {"task": "g", "team": "Claims", "outcome": "success"}, at=NOON)
    evaluated(2, 3, 4)
    assert Alert.objects.get().cleared_at is None
    evaluated(25, 26)
    alert = Alert.objects.get()
    assert (alert.cleared_at, alert.cleared_by, alert.cleared_value) == (
        NOON + 25 * HOUR,
        Alert.PASSED,
        Decimal("23.2"),
    )
    told = Mail.objects.get(key__contains="cleared")
    assert (told.subject, told.body) == ("Cleared: Claims get dear, $23.20", CLEARED.format(pk=alert.pk))


def test_it_reminds_once_a_week_until_somebody_looks_after_it(dear, fiona):
    evaluated(0, 1, 2, 100, 169, 170, 200)
    assert Mail.objects.filter(key__contains="reminded").count() == 1
    assert acknowledge(alert=Alert.objects.get(), note="Prompt is mended", by=fiona, at=NOON)
    assert not acknowledge(alert=Alert.objects.get(), note="Me too", by=fiona, at=NOON)
    evaluated(24 * 8 + 170)
    assert Mail.objects.count() == 2
    assert Alert.objects.get().note == "Prompt is mended"


def test_too_few_successes_raise_nothing(team):
    rule("true_cost_per_success", "28", team=team, minimum=5, **DEAR)
    evaluated(0, 1, 2)
    assert not Alert.objects.exists()
    assert not AlertRule.objects.get().watch.is_enough


def test_one_that_is_changed_or_switched_off_ends_what_it_raised(dear):
    evaluated(0, 1)
    dear.threshold = dear.clear_threshold = Decimal(27)
    save_rule(rule=dear, people=[], at=NOON + HOUR)
    assert Alert.objects.get().cleared_by == Alert.CHANGED
    evaluated(2, 3)  # it begins anew
    assert Alert.objects.filter(cleared_at=None).count() == 1
    switch_rule(rule=dear, is_active=False, at=NOON + 4 * HOUR)
    evaluated(5, 6)
    assert [alert.cleared_by for alert in Alert.objects.all()] == [Alert.OFF, Alert.CHANGED]
    assert Mail.objects.filter(key__contains="raised").count() == 2


def test_only_who_may_see_the_figures_is_told(team, fiona, ada, lena, victor):
    ludo = make_user("ludo", Role.TEAM_LEAD, Team.objects.get(name="Support"))
    User.objects.filter(pk=victor.pk).update(is_active=False)
    of_claims = rule("multiplier", "2", team=team, roles=[Role.TEAM_LEAD, Role.VIEWER], people=[ada, ludo])
    assert told_of(of_claims) == [ada, lena]
    of_all = rule("incident_loss", "2", roles=[Role.TEAM_LEAD], people=[fiona, lena])
    assert told_of(of_all) == [fiona]


def test_mails_reach_their_reader_once(dear, fiona, mailbox: Mailbox):
    evaluated(0, 1, 1, 2)
    assert deliver(at=NOON + 2 * HOUR) == 1
    assert deliver(at=NOON + 3 * HOUR) == 0
    mail = mailbox.only()
    assert (mail["To"], mail["Subject"]) == ("fiona@example.com", "Alert: Claims get dear, $29.00")
    assert mail.get_content().replace("\r\n", "\n") == MAIL.format(pk=Alert.objects.get().pk)


def test_a_preview_is_what_evaluating_every_hour_would_have_done(team):
    """Incident and rework of 2 November are over the limit until 8 November, a week's window later."""
    week = rule("incident_loss", "50", name="Week", window="days", days=7, team=team, tells_cleared=True)
    midnight = datetime(2026, 11, 1, tzinfo=UTC)
    for hour in range(0, 24 * 10, 24):
        evaluate(at=midnight + hour * HOUR)
        evaluate(at=midnight + (hour + 1) * HOUR)
    found = preview(rule=week, at=midnight + timedelta(days=9))
    alert = Alert.objects.get()
    [spell] = found.spells
    assert (spell.raised_on, spell.cleared_on) == (alert.raised_at.date(), alert.cleared_at.date())
    assert (spell.raised_on, spell.cleared_on) == (date(2026, 11, 2), date(2026, 11, 9))
    assert spell.value == alert.value == 80
    assert found.now.reading.value == 0
    assert found.mail.subject == "Alert: Week, $80.00"


def test_a_preview_stores_nothing(team):
    unsaved = AlertRule(
        name="New", measure="multiplier", comparison="above", threshold=2, clear_threshold=2, window="month",
        minimum=0, team=team, created_at=NOON,
    )  # fmt: skip
    assert [spell.raised_on for spell in preview(rule=unsaved, at=NOON).spells] == [date(2026, 11, 2)]
    assert not AlertRule.objects.exists()
