"""The first run: the first account, a team, a key, a call; or the sample, which can be removed again."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.actions import create_key
from accounts.models import ApiKey, Role, Scope, Team, User
from audits import models as audits_models
from audits.actions.mail import queue
from audits.actions.reports import answer
from audits.actions.schedules import keep
from audits.domain.occasions import WEEKLY_DIGEST
from audits.models import AuditPlan, Entry, FixedCost, LabourRate, Mail, MailFile, Schedule, Switch
from audits.queries.sums import Query
from config.models import SampleJob
from config.start import jobs
from config.start.invitation import TooLate, make_the_first, path_for_the_first
from config.start.removal import KEPT, Refused, own_facts, remove_sample
from spend.domain.periods import Month, Period
from spend.models import Call, Installation, Task, TaskType
from tests.build import record
from tests.cast import NOON, make_user
from trail.queries.faults import CHECKS as TRAIL

LATER = NOON + timedelta(hours=1)
PASSWORD = "correct horse battery staple"


class TestTheFirstAccount:
    pytestmark = pytest.mark.django_db

    def test_whoever_holds_the_printed_address_makes_it_and_is_logged_in(self, client: Client) -> None:
        filled = {"name": "ada", "password": PASSWORD, "again": PASSWORD}
        answer = client.post(path_for_the_first(), filled)
        assert answer["Location"] == reverse("start")
        assert User.objects.get().role == Role.ADMINISTRATOR
        assert client.get(reverse("start")).status_code == 200

    def test_it_is_made_once(self, client: Client) -> None:
        path = path_for_the_first()
        make_the_first(name="ada", password=PASSWORD)
        assert path_for_the_first() == ""
        assert client.get(path).status_code == 403
        with pytest.raises(TooLate):
            make_the_first(name="eve", password=PASSWORD)

    @pytest.mark.parametrize("invitation", ["", "x", "first administrator:x", "a" * 10_000, "é"])
    def test_nobody_else_can(self, client: Client, invitation: str) -> None:
        answer = client.post(f"{reverse('start-administrator')}?invitation={invitation}", {"name": "eve"})
        assert answer.status_code == 403

    @pytest.mark.parametrize(
        ("filled", "problem"),
        [
            ({"name": "", "password": PASSWORD, "again": PASSWORD}, "required"),
            ({"name": "a b", "password": PASSWORD, "again": PASSWORD}, "valid username"),
            ({"name": "ada", "password": "short", "again": "short"}, "too short"),
            ({"name": "ada", "password": PASSWORD, "again": "other"}, "differ"),
        ],
    )
    def test_what_will_not_do_is_said(self, client: Client, filled, problem: str) -> None:
        answer = client.post(path_for_the_first(), filled)
        assert answer.status_code == 400
        assert problem in answer.content.decode()
        assert not User.objects.exists()


class TestSteps:
    pytestmark = pytest.mark.django_db

    def test_an_administrator_of_an_empty_installation_is_led_here(self, client, ada, fiona, claims) -> None:
        def home_of(person: User) -> str:
            client.force_login(person)
            return client.get(reverse("home"))["Location"]

        assert (home_of(ada), home_of(fiona)) == (reverse("start"), reverse("overview"))
        record("call", call("c-1"), at=NOON)
        assert home_of(ada) == reverse("overview")

    def test_a_team_is_added_once(self, client: Client, ada: User) -> None:
        client.force_login(ada)
        filled = {"name": "Claims", "cost_centre": "4100"}
        assert client.post(reverse("start-team"), filled)["Location"] == reverse("start")
        again = client.post(reverse("start-team"), filled)
        assert (again.status_code, Team.objects.count()) == (400, 1)
        assert "There is a team of this name" in again.content.decode()

    def test_a_key_is_shown_once_works_and_stands_in_what_is_to_be_pasted(self, client, ada, claims) -> None:
        client.force_login(ada)
        shown = client.post(reverse("start-key"), {"team": claims.pk})
        key = shown.context["key"]
        assert shown.content.decode().count(key) == 7  # once by itself, once in each of six snippets
        assert key not in client.get(reverse("start")).content.decode()
        made = ApiKey.objects.get()
        assert (made.team, made.created_by, set(made.scopes)) == (claims, ada, set(Scope.values))
        posted = client.post(
            "/api/v1/calls",
            {"calls": [call("c-1")]},
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        assert posted.json()["accepted"] == 1

    def test_it_ticks_when_the_first_call_comes(self, client: Client, ada: User, claims: Team) -> None:
        client.force_login(ada)
        waiting = client.get(reverse("start-received")).content.decode()
        assert "Waiting for the first call" in waiting
        assert "every 2s" in waiting
        record("call", call("c-1"), at=NOON)
        ticked = client.get(reverse("start-received")).content.decode()
        assert "First call received" in ticked
        assert "not priced" in ticked
        assert "every 2s" not in ticked

    def test_a_key_that_is_used_in_vain_is_noticed(self, client: Client, ada: User, claims: Team) -> None:
        key = create_key(name="k", scopes=["ingest"], team=claims, at=NOON)[1]
        headers = {"Authorization": f"Bearer {key}"}
        assert client.post("/api/v1/calls", {}, content_type="application/json", headers=headers).status_code == 400
        client.force_login(ada)
        assert "A key was used" in client.get(reverse("start-received")).content.decode()

    def test_who_is_no_administrator_learns_whom_to_ask(self, client: Client, lena: User) -> None:
        client.force_login(lena)
        text = client.get(reverse("start")).content.decode()
        assert "An administrator makes a team and a key" in text
        assert '<form method="post" action="/start' not in text


def call(name: str, **more):
    return {
        "id": name,
        "occurred_at": "2026-10-05T08:00:00Z",
        "model": "unheard-of",
        "input_tokens": 10,
        "team": "Claims",
        **more,
    }


class TestSample:
    """On real commits: progress and removal go through a connection of their own."""

    pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]

    def test_it_is_loaded_by_the_worker_and_removed_without_a_trace(self) -> None:
        before = reference()
        order(SampleJob.Kind.LOAD)
        job = SampleJob.objects.get()
        assert (job.problem, job.ended_at is not None, job.step) == ("", True, "working in")
        assert Installation.objects.get().simulated
        october = answer(Query(Period(Month(2026, 10), Month(2026, 10))), at=NOON)
        assert october.total.tasks > 10
        assert own_facts() == {}
        order(SampleJob.Kind.REMOVE)
        assert SampleJob.objects.get(kind="remove").problem == ""
        assert not Installation.objects.get().simulated
        assert everything_of_it() == {}
        assert reference() == before
        assert answer(Query(Period(Month(2026, 10), Month(2026, 10))), at=NOON).total.true_cost == 0

    def test_the_ledger_is_append_only_again(self) -> None:
        order(SampleJob.Kind.LOAD)
        order(SampleJob.Kind.REMOVE)
        order(SampleJob.Kind.LOAD)
        for alias in ("default", "owner"):
            with pytest.raises(Exception, match=r"append-only|permission denied"):
                Entry.objects.using(alias).all()._raw_delete(alias)
            connections[alias].close()

    def test_what_is_ones_own_goes_only_if_one_says_so(self, client: Client) -> None:
        order(SampleJob.Kind.LOAD)
        Team.objects.create(name="Claims")
        record("call", call("mine"), at=LATER)
        assert own_facts() == {"call": 1}
        client.force_login(make_user("finn", Role.FINANCE))
        plan = {"how": "number", "amount": "1"}
        assert client.post("/api/v1/audits/plans", plan, content_type="application/json").status_code == 201
        switch = {"team": "Claims", "month": "2026-09", "before": "frontier", "after": "commodity"}
        assert client.post("/api/v1/decisions/switches", switch, content_type="application/json").status_code == 200
        assert own_facts() == {"call": 1, "audit plan": 1, "switch": 1}
        Switch.objects.all().delete()
        AuditPlan.objects.exclude(made_by=None).update(made_by=None)
        client.force_login(make_user("ada", Role.ADMINISTRATOR))
        refused = client.post(reverse("start-sample-remove"))
        assert refused.status_code == 400
        assert "<strong>1 call</strong>" in refused.content.decode()
        with pytest.raises(CommandError, match=r"1 call of your own.*--own-too"):
            call_command("remove_sample")
        assert Call.objects.filter(external_id="mine").exists()
        call_command("remove_sample", own_too=True)
        assert not Call.objects.exists()
        assert Team.objects.filter(name="Claims").exists()

    def test_what_something_of_ones_own_holds_on_to_stays(self) -> None:
        order(SampleJob.Kind.LOAD)
        held = Team.objects.get(name="Engineering")
        FixedCost.objects.create(
            name="Mine", kind="compute", amount=1, starts_on=NOON, ends_on=NOON.replace(year=2027), team=held
        )
        weekly = Schedule(name="Mine", kind=WEEKLY_DIGEST, day=0, at=time(7), zone="UTC", created_at=NOON)
        keep(weekly, [make_user("fiona", Role.FINANCE)], at=NOON)
        file = MailFile.objects.create(name="a.pdf", content_type="application/pdf", content=b"%PDF", made_at=NOON)
        queue("schedule:1", User.objects.get(), "Of the sample", "", at=NOON, files=[file])
        keyed = Team.objects.get(name="Legal")
        create_key(name="mine", scopes=["read"], team=keyed, at=NOON)
        remove_sample()
        assert set(Team.objects.all()) == {held, keyed}
        assert ApiKey.objects.count() == 1
        assert [each.username for each in Schedule.objects.get().people.all()] == ["fiona"]
        assert not Mail.objects.exists()
        assert not MailFile.objects.exists()
        assert [list(find()) for _, find in TRAIL] == [[]] * len(TRAIL), "what went is on the audit trail, all of it"

    def test_it_stops_when_asked_and_nothing_stays(self) -> None:
        jobs.ask(SampleJob.Kind.LOAD, scale=0.02, at=NOON)
        jobs.ask_to_stop()
        jobs.carry_out(at=NOON)
        assert SampleJob.objects.get().problem == jobs.STOPPED
        assert not Call.objects.exists()
        assert not Installation.objects.get().simulated

    def test_asking_twice_is_asking_once(self) -> None:
        assert jobs.ask(SampleJob.Kind.LOAD, at=NOON) == jobs.ask(SampleJob.Kind.LOAD, at=NOON)

    def test_it_is_not_loaded_among_calls_of_ones_own(self) -> None:
        Team.objects.create(name="Claims")
        record("call", call("mine"), at=LATER)
        order(SampleJob.Kind.LOAD)
        assert SampleJob.objects.get().problem == jobs.HAS_CALLS

    def test_without_a_sample_nothing_is_removed(self) -> None:
        Team.objects.create(name="Claims")
        record("call", call("mine"), at=LATER)
        with pytest.raises(Refused, match="No sample"):
            remove_sample()
        order(SampleJob.Kind.REMOVE)
        assert SampleJob.objects.get().problem == "No sample is loaded."
        assert Call.objects.exists()

    def test_a_worker_that_fails_says_so_and_leaves_the_order_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(**anything):
            raise RuntimeError("disk full")

        monkeypatch.setattr(jobs, "load_organisation", fail)
        with pytest.raises(RuntimeError):
            order(SampleJob.Kind.LOAD)
        assert SampleJob.objects.get().problem == jobs.FAILED

    def test_a_role_that_may_not_is_told_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        order(SampleJob.Kind.LOAD)
        monkeypatch.setattr("config.start.removal.OWNER", "default")
        with pytest.raises(Refused, match="DATABASE_OWNER_URL"):
            remove_sample()
        assert Call.objects.exists()


def order(kind: str) -> None:
    jobs.ask(kind, scale=0.02, at=NOON)
    jobs.carry_out(at=NOON)


def reference() -> dict[str, set[str]]:
    tables = (Team, TaskType, LabourRate, FixedCost)
    return {model.__name__: {str(row) for row in model.objects.all()} for model in tables}


def everything_of_it() -> dict[str, int]:
    """Return what is left of facts and derived rows, by table."""
    derived = [getattr(audits_models, name) for name in audits_models.__all__]
    tables = [Call, Task, *(model for model in derived if model not in KEPT)]
    return {model.__name__: count for model in tables if (count := model.objects.count())}
