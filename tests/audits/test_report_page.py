"""The report page: who may see it, what it says, and that each figure leads to rows that add up to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Role, Team, User
from spend.actions.simulation import mark_simulated
from tests.cast import make_user

OCTOBER = "from=2026-10&to=2026-10"
PAGES = ["/report", "/entries", "/calls", "/tasks"]


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", [*PAGES, "/patterns"])
@pytest.mark.parametrize("role", list(Role))
def test_people_may_read_and_only_administrators_see_patterns(db: None, path: str, role: Role) -> None:
    may = path != "/patterns" or role == Role.ADMINISTRATOR
    assert seen_by(make_user("somebody", role)).get(path).status_code == (200 if may else 403)


@pytest.mark.parametrize("path", [*PAGES, "/tasks/00000000-0000-0000-0000-000000000000"])
def test_who_is_not_logged_in_is_asked_to(client: Client, db: None, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/login/?next={path}"


def test_who_is_not_active_is_nobody(client: Client, fiona: User) -> None:
    client.force_login(fiona)
    User.objects.update(is_active=False)
    assert client.get("/report").status_code == 302


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_changed_by_reading(ada: User, path: str) -> None:
    assert seen_by(ada).post(path).status_code == 405


def test_rows_of_lists_add_up_to_the_headline(year: None, ada: User) -> None:
    """From the headline to the last row: every page of entries and calls, to the nano-dollar."""
    client = seen_by(ada)
    report = client.get(f"/report?{OCTOBER}").context["report"]
    amounts = sum(row["amount_nanos"] for row in _all_rows(client, f"/entries?{OCTOBER}"))
    bill = sum(row["cost_nanos"] or 0 for row in _all_rows(client, f"/calls?{OCTOBER}"))
    assert amounts + bill == report.total.true_cost


def _all_rows(client: Client, address: str) -> list[Any]:
    rows: list[Any] = []
    while address:
        page = client.get(address).context
        rows += page["page"].rows
        address = page["next"]
    return rows


@pytest.mark.parametrize("lens", ["responsible", "route"])
@pytest.mark.parametrize("by", ["tier", "model", "team", "tier,model", "model&tier=commodity"])
def test_an_attempt_fail_rate_leads_to_the_tries_it_is_made_of(year: None, ada: User, by: str, lens: str) -> None:
    client = seen_by(ada)
    table = client.get(f"/report?{OCTOBER}&lens={lens}&by={by}").context["table"]
    walked = 0
    for row in [*table.rows, table.total]:
        (cell,) = (cell for cell in row.cells if cell.column.name == "attempt_fail_rate")
        if cell.href:
            walked += 1
            all_, escalated, failed = (
                client.get(cell.href.replace("tried=all", f"tried={how}")).context["sums"]["tries"]
                for how in ("all", "escalated", "failed")
            )
            assert cell.value == (escalated + failed) / all_, (row.names, cell.href)
    assert walked > 1


def test_a_team_lead_sees_their_teams_only(year: None) -> None:
    lena = make_user("lena", Role.TEAM_LEAD, Team.objects.get(name="Property Claims"))
    client = seen_by(lena)
    page = client.get(f"/report?{OCTOBER}&by=team").context
    assert [row.names for row in page["table"].rows] == [["Property Claims"]]
    assert {row["team"] for row in _all_rows(client, f"/calls?{OCTOBER}")} == {"Property Claims"}
    assert page["controls"]["filters"][0]["options"] == ["Property Claims", "unattributed"]


def test_a_neighbours_task_is_not_there(year: None, ada: User) -> None:
    lena = make_user("lena", Role.TEAM_LEAD, Team.objects.get(name="Property Claims"))
    client = seen_by(lena)
    for row in seen_by(ada).get(f"/tasks?{OCTOBER}").context["page"].rows:
        mine = row["team"] == "Property Claims"
        assert client.get(f"/tasks/{row['key']}").status_code == (200 if mine else 404)


def test_a_task_tells_its_story(year: None, ada: User) -> None:
    client = seen_by(ada)
    entry = next(row for row in _all_rows(client, f"/entries?{OCTOBER}") if row["task_key"])
    answer = client.get(f"/tasks/{entry['task_key']}")
    story = answer.context["story"]
    assert [call["occurred_at"] for call in story.calls] == sorted(call["occurred_at"] for call in story.calls)
    assert story.corrections or story.incidents
    assert sum(row["amount_nanos"] for row in story.entries) == story.task["entries_nanos"]
    assert entry["id"] in {row["id"] for row in story.entries}
    assert entry["rule"] in answer.content.decode()


@pytest.mark.parametrize("by", ["tier", "task_type,model"])
def test_its_queries_do_not_grow_with_its_rows(
    year: None, ada: User, by: str, django_assert_max_num_queries: Any
) -> None:
    client = seen_by(ada)
    client.get("/report")  # the work of the day is done once
    with django_assert_max_num_queries(51):  # 20 of them see whether anything is to be worked in
        client.get(f"/report?{OCTOBER}&by={by}")


@pytest.mark.parametrize("path", ["/calls", "/tasks", "/entries"])
def test_queries_of_lists_do_not_grow_with_their_rows(
    year: None, ada: User, path: str, django_assert_max_num_queries: Any
) -> None:
    client = seen_by(ada)
    client.get(path)
    with django_assert_max_num_queries(30):  # five of them offer what the form can filter by
        client.get(f"{path}?{OCTOBER}")


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/report?from=October", "from"),
        ("/report?tier=best", "tier"),
        ("/report?colour=red", "colour"),
        ("/calls?state=done", "state"),
        ("/calls?cursor=zzz", "cursor"),
        ("/entries?category=luck", "category"),
    ],
)
def test_bad_words_are_named(ada: User, address: str, named: str) -> None:
    answer = seen_by(ada).get(address)
    assert answer.status_code == 400
    assert f"<b>{named}</b>" in answer.content.decode()


def test_an_empty_month_leads_to_one_with_calls(year: None, ada: User) -> None:
    text = seen_by(ada).get("/report?from=2020-01&to=2020-01").content.decode()
    assert "Nothing in January 2020" in text
    assert "/report?from=2026-10&amp;to=2026-10" in text


def test_who_is_in_no_team_is_told_so(year: None) -> None:
    answer = seen_by(make_user("vera", Role.VIEWER)).get(f"/report?{OCTOBER}")
    assert "Nothing of your teams yet" in answer.content.decode()


def test_every_page_says_that_data_is_simulated(year: None, ada: User) -> None:
    client = seen_by(ada)
    addresses = [*PAGES, "/patterns", "/no-such-page"]
    assert not any(b"Simulated data" in client.get(address).content for address in addresses)
    mark_simulated()
    assert all(b"Simulated data" in client.get(address).content for address in addresses)
    assert b"Simulated data" in Client().get("/login/").content


def test_names_cannot_break_out_of_the_page(year: None, ada: User) -> None:
    Team.objects.filter(name="Legal").update(name="</script><script>alert(1)</script>")
    assert "<script>alert" not in seen_by(ada).get(f"/report?{OCTOBER}&by=team").content.decode()


def test_membership_opens_a_team(year: None) -> None:
    victor = make_user("victor", Role.VIEWER)
    Membership.objects.create(user=victor, team=Team.objects.get(name="Legal"))
    assert [row.names for row in seen_by(victor).get(f"/report?{OCTOBER}&by=team").context["table"].rows] == [["Legal"]]
