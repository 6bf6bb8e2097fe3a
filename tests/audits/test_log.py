"""The form that logs rework: what it saves, what it says before, and whom it lets in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role, Team, User
from audits.models import Correction, Entry, LabourRate
from spend.models import Task
from tests.audits.logging import filled_in, have_world, seen_by
from tests.build import record, report, row
from tests.cast import NOON, make_user

NO_RECORD = "00000000-0000-0000-0000-000000000000"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def lea() -> User:
    """Leads Claims."""
    have_world()
    return make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Claims"))


@pytest.fixture
def form(lea) -> Client:
    return seen_by(lea)


def saved(client: Client, **changes) -> Correction:
    response = client.post("/log", filled_in(client, **changes))
    assert response.status_code == 302, problems(response)
    return Correction.objects.get(latest=True)


def problems(response) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def test_what_is_saved_is_what_the_api_would_have_taken(form, lea):
    correction = saved(form)
    assert (correction.task_name, correction.activity, correction.minutes) == ("C-1", "fix", 15)
    assert (correction.verdict, correction.role, str(correction.worked_on)) == ("amended", "adjuster", "2026-11-20")
    assert (correction.provenance, correction.recorded_by, correction.team.name) == ("self_reported", lea, "Claims")
    assert Entry.objects.get().amount_nanos == 16_650_000_000


def test_the_report_has_it_at_once(form):
    saved(form)
    answered = report(NOON, from_="2026-11", to="2026-11", by="tier")
    assert row(answered, tier="commodity")["internal_failure"] == "16.65"


def test_sent_twice_it_counts_once(form):
    sent = filled_in(form)
    first, again = form.post("/log", sent), form.post("/log", sent)
    assert first.headers["Location"] == again.headers["Location"]
    assert (Correction.objects.count(), Entry.objects.count()) == (1, 1)


def test_sent_again_with_other_content_it_is_refused(form):
    sent = filled_in(form)
    form.post("/log", sent)
    response = form.post("/log", {**sent, "quick_minutes": "60"})
    assert problems(response) == {
        "__all__": ["This was saved before, with other content. Change what was saved instead, or start anew."]
    }
    assert Correction.objects.get().minutes == 15


def test_typed_minutes_win_over_the_button(form):
    assert saved(form, minutes="7.5").minutes == Decimal("7.5")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"quick_minutes": None}, {"minutes": ["Say how many minutes it took."]}),
        ({"minutes": "soon"}, {"minutes": ["Minutes must be a number such as 12.50."]}),
        ({"minutes": "-5"}, {"minutes": ["Minutes must be >= 0."]}),
        ({"activity": "juggling"},
         {"activity": ["Activity must be one of review, fix, redo, apology, support, prompting, upkeep, repair."]}),
        ({"activity": None}, {"activity": ["Choose what you did."]}),
        ({"role": "wizard"}, {"role": ["No labour rate for 'wizard' on 2026-11-20."]}),
        ({"worked_on": "2026-12-24"}, {"worked_on": ["Worked on must not be more than a day in the future."]}),
        ({"task_text": None}, {"task_text": ["Choose a task, or type its id."]}),
        ({"about": "period", "month": "soon"}, {"month": ["Choose the month."]}),
        ({"about": "period", "month": "9999-12"}, {"month": ["Choose the month."]}),
        ({"about": "period", "month": "2027-10"}, {"month": ["Month must not be more than a day in the future."]}),
        ({"worked_on": None}, {"worked_on": ["Say on which day."]}),
        ({"about": "period", "tier": "commodity", "model": "acme/small"},
         {"model": ["Model must not be given together with tier."]}),
        ({"client_id": "x"}, {"client_id": ["Enter a valid UUID."]}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(form, changes, expected):
    response = form.post("/log", filled_in(form, **changes))
    assert problems(response) == expected
    assert not Correction.objects.exists()
    shown = response.content.decode()
    for [sentence] in expected.values():
        assert sentence.replace("'", "&#x27;").replace(">", "&gt;") in shown


def test_a_task_chosen_from_the_list_is_that_of_its_team(ada):
    have_world()
    form = seen_by(ada)
    support = Task.objects.get(external_id="B-1", team__name="Support")
    assert saved(form, task_text="", task_key=str(support.pk)).team.name == "Support"


def test_a_task_in_the_address_is_chosen_and_has_a_link_to_copy(form):
    page = form.get("/log", {"task": str(Task.objects.get(external_id="C-2").pk)})
    assert page.context["chosen"] == Task.objects.get(external_id="C-2").pk
    assert "Copy link for ticket" in page.content.decode()
    assert "Copy link for ticket" not in form.get("/log").content.decode()


def test_a_choice_and_another_id_typed_are_not_guessed_between(form):
    chosen = Task.objects.get(external_id="C-2")
    response = form.post("/log", filled_in(form, task_key=str(chosen.pk)))
    assert problems(response) == {"task_text": ["You chose C-2 and typed C-1: clear one of them."]}


def test_a_neighbours_task_is_not_found_and_not_taken(form):
    neighbours = Task.objects.get(external_id="S-1")
    assert "S-1" not in form.get("/log").content.decode()
    assert "0 found" in form.get("/log/tasks", {"task_text": "S-1"}).content.decode()
    assert form.get("/log", {"task": str(neighbours.pk)}).status_code == 404
    response = form.post("/log", filled_in(form, task_text="", task_key=str(neighbours.pk)))
    assert problems(response) == {"task_text": ["Choose a task, or type its id."]}
    assert form.post("/log", filled_in(form, team="Support")).status_code == 200
    assert not Correction.objects.exists()


def test_a_task_of_one_name_in_two_teams_stays_with_ones_own(form):
    correction = saved(form, task_text="B-1")
    assert correction.task_key == Task.objects.get(external_id="B-1", team__name="Claims").pk


def test_a_task_that_is_still_to_come_waits(form):
    saved(form, task_text="C-99")
    assert Entry.objects.get().rule == "unattributed"


@pytest.mark.parametrize(
    ("words", "rule"), [({}, "unattributed"), ({"tier": "frontier"}, "scope"), ({"model": "acme/large"}, "explicit")]
)
def test_a_month_is_a_period_entry(form, words, rule):
    report(NOON)  # so that models are known to be used
    correction = saved(form, about="period", month="2026-10", task_text="", **words)
    assert (correction.task_name, str(correction.worked_on)) == ("", "2026-10-31")
    assert {entry.rule for entry in Entry.objects.all()} == {rule}


def test_the_running_month_is_dated_today(form):
    assert str(saved(form, about="period").worked_on) == "2026-11-20"


@settings(max_examples=25, deadline=None)
@given(
    minutes=st.decimals(min_value=0, max_value=100_000, places=4),
    hourly=st.decimals(min_value=0, max_value=10_000, places=9),
    about=st.sampled_from([{"task_text": "C-1"}, {"task_text": "none"}, {"about": "period"}]),
)
def test_the_cost_shown_before_is_the_cost_posted_to_the_nano_dollar(minutes, hourly, about):
    """Each example in the same rolled-back transaction: what is there already must not matter."""
    if not Team.objects.filter(name="Claims").exists():
        have_world()
    lea, _ = User.objects.get_or_create(username="lea", role=Role.ADMINISTRATOR)
    LabourRate.objects.filter(role="adjuster").update(hourly=hourly)
    report(NOON)
    form = seen_by(lea)
    sent = filled_in(form, minutes=f"{minutes:f}", team="Claims", **about)
    shown = form.post("/log/preview", sent).context
    form.post("/log", sent)
    posted = Entry.objects.filter(source=Correction.objects.latest("pk").identity)
    assert shown["preview"].amount == (posted.aggregate(total=Sum("amount_nanos"))["total"] or 0)
    assert sorted((part.tier or "", part.amount) for part in shown["placed"]) == sorted(
        (entry.tier.name if entry.tier else "", entry.amount_nanos) for entry in posted
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "it delivered the task"),
        ({"task_text": "C-99"}, "the task is not known yet"),
        ({"about": "period", "tier": "frontier"}, "you name the tier"),
        ({"about": "period", "model": "acme/small"}, "you name its model"),
        ({"about": "period"}, "shared by the number of tasks each tier delivered"),
        ({"minutes": "0"}, "a verdict alone costs nothing"),
        ({"quick_minutes": None}, "Say how many minutes it took."),
        ({"role": "wizard"}, "No labour rate"),
    ],
)
def test_the_preview_says_where_the_cost_goes_and_why_or_what_is_missing(form, changes, said):
    report(NOON)
    response = form.post("/log/preview", filled_in(form, **changes))
    assert said in response.content.decode()
    assert not Correction.objects.exists()


def test_last_times_answers_are_this_times_defaults(form, lea):
    assert 'value="fix" id="id_activity_1" checked' not in form.get("/log").content.decode()
    saved(form, role="agent")
    page = form.get("/log").context["form"]
    assert (page["activity"].value(), page["role"].value(), page["worked_on"].value()) == ("fix", "agent", "2026-11-20")


def test_the_role_of_the_team_or_the_only_one_is_the_default(form, lea):
    saved(form, role="agent")
    lars = make_user("lars", Role.TEAM_LEAD, Team.objects.get(name="Claims"))
    assert seen_by(lars).get("/log").context["form"]["role"].value() == "agent"
    ludo = make_user("ludo", Role.TEAM_LEAD, Team.objects.get(name="Support"))
    assert seen_by(ludo).get("/log").context["form"]["role"].value() == ""
    LabourRate.objects.filter(role="agent").delete()
    assert seen_by(ludo).get("/log").context["form"]["role"].value() == "adjuster"


def test_recent_tasks_are_failures_first_then_those_logged_before(form):
    saved(form, task_text="C-2", verdict="accepted")
    record("outcome", {"task": "B-1", "outcome": "failure", "team": "Claims"}, at=NOON)
    report(NOON)
    shown = [(task.id, task.why) for task in form.get("/log").context["tasks"]]
    assert shown == [("B-1", "failed"), ("C-2", "logged"), ("C-1", "")]


@pytest.mark.parametrize(
    ("text", "found", "chosen"), [("c-", ["C-2", "C-1"], 0), ("C-1", ["C-1"], 1), ("%", [], 0), ("_", [], 0)]
)
def test_tasks_are_found_by_a_part_of_their_id(form, text, found, chosen):
    response = form.get("/log/tasks", {"task_text": text})
    assert [task.id for task in response.context["tasks"]] == found
    assert response.content.decode().count("checked") == chosen


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE])
@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/log"), ("post", "/log"), ("get", "/log/tasks"), ("post", "/log/preview"),
     ("get", f"/log/{NO_RECORD}"), ("post", f"/log/{NO_RECORD}/withdraw")],
)  # fmt: skip
def test_who_may_not_write_is_kept_out(db, role, method, path):
    client = seen_by(make_user("somebody", role))
    assert getattr(client, method)(path).status_code == 403
    assert "Log rework" not in client.get("/report").content.decode()


def test_who_leads_several_teams_says_which_where_the_task_does_not(db):
    have_world()
    form = seen_by(make_user("both", Role.TEAM_LEAD, *Team.objects.all()))
    response = form.post("/log", filled_in(form, about="period", task_text=""))
    assert list(problems(response)) == ["team"]
    assert saved(form, about="period", task_text="", team="Support").team.name == "Support"


def test_a_lead_without_a_team_is_told(db):
    have_world()
    response = seen_by(make_user("new", Role.TEAM_LEAD)).post("/log", {})
    assert response.status_code == 200
