"""Reports that go out by themselves: when, to whom, once, and with the figures of the pages."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from threading import Thread
from typing import Any

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.db import connections
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, Team, User
from audits.actions.mail import deliver
from audits.actions.reports import answer
from audits.actions.schedules import File, Letter, keep, queue_due
from audits.domain.occasions import MONTHLY_PACK, WEEKLY_DIGEST
from audits.exports.letters import write
from audits.models import Mail, Schedule
from audits.queries.sums import Query
from spend.domain.periods import Month, Period
from spend.templatetags.figures import plain_money
from tests.audits.test_pdf import text_of
from tests.build import have_reference, record
from tests.cast import NOON, make_user
from tests.mail import Mailbox

MADE = datetime(2026, 11, 1, 12, tzinfo=UTC)  # a Sunday
MONDAY = datetime(2026, 11, 2, 7, tzinfo=UTC)
OCTOBER = Month(2026, 10)
CALL = {"team": "Claims", "occurred_at": "2026-10-05T08:00:00Z", "provider": "acme", "model": "small"}
THIRD_WORKING_DAY = datetime(2026, 11, 4, 7, tzinfo=UTC)


def scheduled(kind: str, *people: User, name: str = "Board", roles: tuple[str, ...] = (), **said: Any) -> Schedule:
    day = {MONTHLY_PACK: 3, WEEKLY_DIGEST: 0}[kind]
    made = Schedule(name=name, kind=kind, day=day, at=time(7), zone="UTC", roles=list(roles), created_at=MADE, **said)
    return keep(made, people, at=MADE)


def plain(schedule: Schedule, day: Any, teams: frozenset[int] | None, at: datetime) -> Letter:
    return Letter(f"{schedule.name} {day}", "" if teams is None else str(sorted(teams)))


def mails() -> list[tuple[str, str]]:
    return sorted(Mail.objects.values_list("address", "subject"))


def said_in(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


# -- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_queued_once_when_its_time_has_come(fiona: User) -> None:
    scheduled(WEEKLY_DIGEST, fiona)
    assert queue_due(plain, at=MONDAY - timedelta(seconds=1)) == 0
    assert [queue_due(plain, at=MONDAY + timedelta(minutes=minute)) for minute in range(3)] == [1, 0, 0]
    assert mails() == [("fiona@example.com", "Board 2026-11-02")]


@pytest.mark.django_db
def test_what_was_missed_goes_out_once_and_what_is_long_past_not_at_all(fiona: User) -> None:
    scheduled(WEEKLY_DIGEST, fiona)
    scheduled(MONTHLY_PACK, fiona, name="Pack")
    queue_due(plain, at=MONDAY + timedelta(weeks=5, days=5))  # nothing ran for five weeks
    assert mails() == [("fiona@example.com", "Board 2026-12-07")]


@pytest.mark.django_db
def test_what_lies_before_it_was_made_or_changed_does_not_go_out(fiona: User) -> None:
    schedule = scheduled(WEEKLY_DIGEST, fiona)
    keep(schedule, [fiona], at=MONDAY + timedelta(hours=1))
    assert queue_due(plain, at=MONDAY + timedelta(hours=2)) == 0
    schedule.is_active = False
    keep(schedule, [fiona], at=MONDAY + timedelta(hours=3))
    assert queue_due(plain, at=MONDAY + timedelta(weeks=1)) == 0


@pytest.mark.django_db
def test_one_that_cannot_be_written_holds_up_no_other_and_is_tried_again(fiona: User) -> None:
    scheduled(WEEKLY_DIGEST, fiona, name="A")
    scheduled(WEEKLY_DIGEST, fiona, name="B")

    def broken(schedule: Schedule, *rest: Any) -> Letter:
        if schedule.name == "A":
            raise RuntimeError("no report")
        return plain(schedule, *rest)

    assert queue_due(broken, at=MONDAY) == 1
    assert queue_due(plain, at=MONDAY + timedelta(minutes=1)) == 1
    assert [subject for _, subject in mails()] == ["A 2026-11-02", "B 2026-11-02"]


# -- to whom ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_roles_and_people_get_it_once_of_what_they_may_see(
    fiona: User, ada: User, lena: User, victor: User, claims: Team, support: Team
) -> None:
    User.objects.filter(pk=ada.pk).update(email="")
    make_user("sol", Role.TEAM_LEAD)  # leads no team
    scheduled(WEEKLY_DIGEST, lena, ada, roles=(Role.FINANCE, Role.TEAM_LEAD))
    queue_due(plain, at=MONDAY)
    found = dict(Mail.objects.values_list("address", "body"))
    assert found == {"fiona@example.com": "", "lena@example.com": f"[{claims.pk}]"}


@pytest.mark.django_db
def test_one_of_a_team_goes_to_those_who_see_it(fiona: User, lena: User, claims: Team, support: Team) -> None:
    scheduled(WEEKLY_DIGEST, fiona, lena, team=support)
    queue_due(plain, at=MONDAY)
    assert dict(Mail.objects.values_list("address", "body")) == {"fiona@example.com": f"[{support.pk}]"}


@pytest.mark.django_db
def test_those_who_see_the_same_share_one_file(fiona: User, ada: User) -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"%PDF"

    def with_file(*asked: Any) -> Letter:
        return Letter("x", "", [File("a.pdf", "application/pdf", make)])

    scheduled(WEEKLY_DIGEST, fiona, ada)
    assert queue_due(with_file, at=MONDAY) == 2
    assert len(made) == 1
    first, second = Mail.objects.all()
    assert first.files.get() == second.files.get()


# -- what -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def october(claims: Team) -> None:
    have_reference(
        """
        labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
        tiers: [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
        models:
          - {provider: acme, name: small, tier: commodity, prices: [{from: 2026-01-01, input: 1, output: 1}]}
        """,
        at=NOON,
    )
    record("call", *({**CALL, "id": f"c{n}", "task": f"t{n}", "input_tokens": 1_000_000} for n in range(4)), at=NOON)
    record("outcome", *({"task": f"t{n}", "team": "Claims", "outcome": "success"} for n in range(4)), at=NOON)
    correction = {"id": "k", "worked_on": "2026-10-06", "minutes": 30, "role": "adjuster", "activity": "fix"}
    record("correction", {**correction, "task": "t1", "team": "Claims"}, at=NOON)


@pytest.mark.django_db
@pytest.mark.usefixtures("october")
def test_the_pack_of_a_month_arrives_with_the_figures_of_the_page(mailbox: Mailbox, fiona: User) -> None:
    scheduled(MONTHLY_PACK, fiona)
    with time_machine.travel(THIRD_WORKING_DAY, tick=False):
        queue_due(write, at=THIRD_WORKING_DAY)
        deliver(at=THIRD_WORKING_DAY)
        client = Client()
        client.force_login(fiona)
        page: Any = client.get("/report?from=2026-10&to=2026-10")
    mail = mailbox.only()
    total = page.context["report"].total
    cost = plain_money(total.true_cost_per_success)
    assert (cost, total.true_cost) == ("$8.50", 34 * 10**9)  # four calls of $1, half an hour of $60
    text = said_in(mail)
    assert mail["Subject"] == "Truecost: October 2026"
    assert page.context["sentence"] in " ".join(text.split())
    assert "This month is not closed" in text
    pdf, workbook = mail.iter_attachments()
    assert [pdf.get_filename(), workbook.get_filename()] == [
        "truecost-2026-10-by-tier.pdf", "truecost-2026-10-by-tier.xlsx"
    ]  # fmt: skip
    assert cost in text_of(pypdfium2.PdfDocument(pdf.get_content()))
    book = openpyxl.load_workbook(io.BytesIO(workbook.get_content()), data_only=True)
    assert 8.5 in [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]


@pytest.mark.django_db
@pytest.mark.usefixtures("october")
def test_the_digest_of_a_week_says_how_both_months_stand(mailbox: Mailbox, lena: User) -> None:
    scheduled(WEEKLY_DIGEST, lena)
    with time_machine.travel(MONDAY, tick=False):
        queue_due(write, at=MONDAY)
        deliver(at=MONDAY)
    text = said_in(mailbox.only())
    assert text.startswith("Week to 02 November 2026, Claims\n")
    assert "November 2026 so far: nothing yet." in text
    assert "October 2026: true cost $34.00, token bill $4.00." in text
    row = next(line for line in text.splitlines() if line.startswith("commodity"))
    assert row.split()[1] == "$8.50"


@pytest.mark.django_db
@pytest.mark.usefixtures("october")
def test_the_digest_compares_the_week_with_the_one_before(mailbox: Mailbox, lena: User) -> None:
    """The four calls were made on Monday the 5th of October; half an hour of $60 mended one of them."""
    scheduled(WEEKLY_DIGEST, lena)
    monday = datetime(2026, 11, 2, 7, tzinfo=UTC) - timedelta(weeks=2)
    Schedule.objects.update(since=monday - timedelta(days=1))
    with time_machine.travel(monday, tick=False):
        queue_due(write, at=monday)
        deliver(at=monday)
    text = " ".join(said_in(mailbox.only()).split())
    assert "The week, from 12 October: nothing." in text
    assert (
        "The week before, from 05 October: 4 tasks, 0 of them pending; 4 successful at $8.50 each;"
        " true cost $34.00, token bill $4.00, incidents $0.00; 0.0% of calls unpriced."
    ) in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("october")
def test_text_and_files_are_of_one_moment_and_nobody_waits_for_them(fiona: User) -> None:
    """A call that comes between text and files is in neither, and whoever asks for a report meanwhile gets it."""
    scheduled(MONTHLY_PACK, fiona)
    late = {**CALL, "id": "late", "task": "late", "input_tokens": 1_000_000}
    found = []

    def meanwhile() -> None:
        try:
            record("call", late, at=THIRD_WORKING_DAY)
            found.append(answer(Query(Period(OCTOBER, OCTOBER)), at=THIRD_WORKING_DAY).total.calls)
        finally:
            connections.close_all()

    def interrupted(*asked: Any) -> Letter:
        letter = write(*asked)
        other = Thread(target=meanwhile, daemon=True)
        other.start()
        other.join(30)
        return letter

    queue_due(interrupted, at=THIRD_WORKING_DAY)
    assert found == [5]
    mail = Mail.objects.get()
    pdf = mail.files.get(content_type="application/pdf")
    typeset = text_of(pypdfium2.PdfDocument(bytes(pdf.content)))
    assert "$4.00" in mail.body
    assert "Token bill $4.00 4 calls" in " ".join(typeset.split())


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_pack_between_them(fiona: User) -> None:
    scheduled(WEEKLY_DIGEST, fiona)
    written = []

    def slow(*asked: Any) -> Letter:
        written.append(1)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(another_worker).result() == 0
        return plain(*asked)

    def another_worker() -> int:
        try:
            return queue_due(slow, at=MONDAY)
        finally:
            connections.close_all()

    assert queue_due(slow, at=MONDAY) == 1
    assert queue_due(slow, at=MONDAY + timedelta(minutes=1)) == 0
    assert written == [1]


@pytest.mark.django_db
def test_a_worker_that_died_half_way_leaves_the_rest_to_the_next(fiona: User, lena: User, claims: Team) -> None:
    scheduled(WEEKLY_DIGEST, fiona, lena)

    def dies(schedule: Schedule, day: Any, teams: frozenset[int] | None, at: datetime) -> Letter:
        if teams is not None:
            raise RuntimeError("killed")
        return plain(schedule, day, teams, at)

    queue_due(dies, at=MONDAY)
    assert mails() == [("fiona@example.com", "Board 2026-11-02")]
    assert queue_due(plain, at=MONDAY + timedelta(minutes=1)) == 1
    assert [address for address, _ in mails()] == ["fiona@example.com", "lena@example.com"]


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def finance(fiona: User) -> Client:
    client = Client()
    client.force_login(fiona)
    return client


SAID = {
    "name": "Board", "kind": MONTHLY_PACK, "working_day": "3", "at": "07:00", "zone": "Europe/Berlin",
    "basis": "restated", "roles": [Role.FINANCE], "is_active": "on",
}  # fmt: skip


@pytest.mark.django_db
def test_finance_makes_changes_and_switches_off(finance: Client, lena: User) -> None:
    made: Any = finance.post("/settings/schedules/new", SAID)
    schedule = Schedule.objects.get()
    assert made.url == f"/settings/schedules/{schedule.pk}"
    assert (schedule.day, schedule.zone, schedule.roles) == (3, "Europe/Berlin", [Role.FINANCE])
    changed = {**SAID, "kind": WEEKLY_DIGEST, "weekday": "4", "people": [lena.pk], "is_active": ""}
    finance.post(f"/settings/schedules/{schedule.pk}/edit", changed)
    schedule.refresh_from_db()
    assert (schedule.kind, schedule.day, schedule.is_active, list(schedule.people.all())) == (
        WEEKLY_DIGEST, 4, False, [lena]
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"zone": "Berlin"}, "zone", "no time zone"),
        ({"roles": []}, "roles", "Choose a role or a person"),
        ({"working_day": ""}, "working_day", "Say on which day"),
        ({"kind": WEEKLY_DIGEST}, "weekday", "Say on which day"),
        ({"working_day": "21"}, "working_day", "less than or equal to 20"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(finance: Client, wrong: Any, field: str, said: str) -> None:
    answer: Any = finance.post("/settings/schedules/new", SAID | wrong)
    assert answer.status_code == 400
    assert said in " ".join(answer.context["form"].errors[field])
    assert not Schedule.objects.exists()


@pytest.mark.django_db
def test_one_may_send_it_to_oneself_and_try_a_failed_one_again(
    finance: Client, fiona: User, ada: User, mailbox: Mailbox
) -> None:
    schedule = scheduled(WEEKLY_DIGEST, fiona, ada)
    finance.post(f"/settings/schedules/{schedule.pk}/send")
    deliver(at=datetime.now(UTC))
    assert mailbox.only()["To"] == "fiona@example.com"
    mail = Mail.objects.get()
    Mail.objects.filter(pk=mail.pk).update(state="failed", sent_at=None, error="550 No such user")
    assert "550 No such user" in finance.get(f"/settings/schedules/{schedule.pk}").content.decode()
    finance.post(f"/settings/schedules/{schedule.pk}/mails/{mail.pk}/again")
    assert Mail.objects.get().state == "waiting"


@pytest.mark.django_db
def test_a_file_of_another_schedule_is_not_found_under_this_one(finance: Client, fiona: User) -> None:
    other = scheduled(WEEKLY_DIGEST, fiona, name="Other")
    schedule = scheduled(WEEKLY_DIGEST, fiona)
    queue_due(lambda *asked: Letter("x", "", [File("a.pdf", "application/pdf", lambda: b"%PDF")]), at=MONDAY)
    mail = Mail.objects.get(key__startswith=f"schedule:{other.pk}:")
    file = mail.files.get()
    there = finance.get(f"/settings/schedules/{other.pk}/mails/{mail.pk}/files/{file.pk}")
    assert (there.status_code, there.content) == (200, b"%PDF")
    assert finance.get(f"/settings/schedules/{schedule.pk}/mails/{mail.pk}/files/{file.pk}").status_code == 404


@pytest.mark.django_db
def test_the_api_tells_when_each_goes_next_and_how_its_mails_fared(finance: Client, fiona: User, ada: User) -> None:
    schedule = scheduled(WEEKLY_DIGEST, fiona, ada, roles=(Role.TEAM_LEAD,))
    queue_due(plain, at=MONDAY)
    Mail.objects.filter(address="ada@example.com").update(state="failed")
    with time_machine.travel(MONDAY, tick=False):
        [told] = finance.get("/api/v1/schedules").json()["schedules"]
    assert told == {
        "id": schedule.pk, "name": "Board", "kind": "weekly_digest", "team": None, "roles": ["team_lead"],
        "people": ["ada", "fiona"], "is_active": True, "next_at": "2026-11-09T07:00:00Z",
        "mails": {"waiting": 1, "sent": 0, "failed": 1},
    }  # fmt: skip


@pytest.mark.django_db
def test_without_a_mail_server_the_page_says_so(finance: Client, settings: Settings) -> None:
    settings.MAIL_IS_SENT = False
    assert "Mail is not set up" in finance.get("/settings/schedules").content.decode()
