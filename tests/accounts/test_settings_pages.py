"""Settings of teams, people and keys: what administrators can do there, and what nobody can."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import ApiKey, Role, Team, User
from tests.cast import NOON, PASSWORD, make_user
from tests.mail import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def told(response: Any) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def save(desk: Client, page: str, pk: int | None = None, /, **words: Any) -> Any:
    """Fill in the form of a page as it stands there, change `words`, send it."""
    address = reverse(page, args=[] if pk is None else [pk])
    form = desk.get(address).context["form"]
    given = {field: _sent(form[field].value()) for field in form.fields}
    return desk.post(address, {key: value for key, value in (given | words).items() if value is not None}, follow=True)


def _sent(value: Any) -> Any:
    if isinstance(value, list):
        return [getattr(each, "pk", each) for each in value]
    return None if value is False else "on" if value is True else value


def test_a_team_is_added_and_renamed(desk: Client, claims: Team) -> None:
    save(desk, "settings-teams", name="Support", cost_centre="4100")
    assert Team.objects.get(name="Support").cost_centre == "4100"
    save(desk, "settings-team", claims.pk, name="Property Claims")
    claims.refresh_from_db()
    assert claims.name == "Property Claims"


def test_two_teams_cannot_share_a_name(desk: Client, claims: Team, support: Team) -> None:
    assert "There is a team of this name already." in told(save(desk, "settings-team", claims.pk, name="Support"))
    assert "There is a team of this name already." in told(save(desk, "settings-teams", name="Support"))
    claims.refresh_from_db()
    assert claims.name == "Claims"


def test_what_somebody_saved_meanwhile_is_not_undone_silently(desk: Client, claims: Team) -> None:
    address = reverse("settings-team", args=[claims.pk])
    seen = desk.get(address).context["form"]["seen"].value()
    Team.objects.update(cost_centre="4200")
    mine = {"name": "Claims", "cost_centre": "4100", "seen": seen}
    page = desk.post(address, mine)
    assert "cost centre was none, is 4200" in told(page)
    claims.refresh_from_db()
    assert claims.cost_centre == "4200"
    desk.post(address, mine | {"seen": page.context["form"]["seen"].value()})
    claims.refresh_from_db()
    assert claims.cost_centre == "4100"


def test_somebody_new_is_shown_a_link_once_where_no_mail_is_sent(desk: Client, claims: Team) -> None:
    page = save(desk, "settings-person-new", name="nora", role=Role.TEAM_LEAD, teams=[claims.pk])
    link = re.search(r'<pre id="link"[^>]*>(.*?)</pre>', page.content.decode())
    assert link is not None
    assert "no-store" in page.headers["Cache-Control"]
    nora = User.objects.get(username="nora")
    assert [team.name for team in nora.teams.all()] == ["Claims"]
    assert not nora.has_usable_password()
    at = Client().get(re.sub(r"^https?://[^/]+", "", link[1]), follow=True)
    assert "Choose a password" in told(at)


def test_somebody_new_with_an_address_is_mailed(desk: Client, mailbox: Mailbox) -> None:
    page = save(desk, "settings-person-new", name="nora", email="nora@example.com", role=Role.FINANCE)
    assert "on its way to nora@example.com" in told(page)
    assert mailbox.only()["Subject"] == "Your account at Truecost"


def test_who_has_a_password_is_sent_a_link_for_another(desk: Client, lena: User, mailbox: Mailbox) -> None:
    desk.post(reverse("settings-person-link", args=[lena.pk]))
    assert mailbox.only()["Subject"] == "Set a new password for Truecost"


def test_mail_that_is_not_taken_is_told(desk: Client, lena: User, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = desk.post(reverse("settings-person-link", args=[lena.pk]), follow=True)
    assert "The mail server did not take it" in told(page)


@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.VIEWER])
def test_who_would_see_nothing_is_told_of(desk: Client, role: Role) -> None:
    assert "nora is in no team" in told(save(desk, "settings-person-new", name="nora", role=role))
    assert "none: sees nothing" in told(desk.get("/settings/people"))


def test_two_people_cannot_share_a_name_or_an_address(desk: Client, lena: User) -> None:
    page = save(desk, "settings-person-new", name="LENA", email="Lena@Example.com", role=Role.FINANCE)
    assert "Somebody has this user name already." in told(page)
    assert "Somebody else has this e-mail address." in told(page)


def test_role_and_teams_are_changed(desk: Client, lena: User, support: Team) -> None:
    save(desk, "settings-person", lena.pk, role=Role.VIEWER, teams=[support.pk])
    lena.refresh_from_db()
    assert (lena.role, [team.name for team in lena.teams.all()]) == (Role.VIEWER, ["Support"])


def test_who_may_not_log_in_any_more_is_out_at_once(desk: Client, lena: User) -> None:
    hers = Client()
    hers.force_login(lena)
    save(desk, "settings-person", lena.pk, is_active=None)
    assert hers.get("/report").status_code == 302
    assert not Client().login(username="lena", password=PASSWORD)
    save(desk, "settings-person", lena.pk, is_active="on")
    assert Client().login(username="lena", password=PASSWORD)


@pytest.mark.parametrize("words", [{"role": Role.FINANCE}, {"is_active": None}])
def test_the_last_administrator_stays(desk: Client, ada: User, words: dict[str, Any]) -> None:
    assert "Somebody must be left" in told(save(desk, "settings-person", ada.pk, **words))
    ada.refresh_from_db()
    assert (ada.role, ada.is_active) == (Role.ADMINISTRATOR, True)
    make_user("anna", Role.ADMINISTRATOR)
    save(desk, "settings-person", ada.pk, **words)
    assert desk.get("/settings/people").status_code in (302, 403)


def test_who_came_by_createsuperuser_is_an_administrator_like_any_other(desk: Client, ada: User) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    assert desk.get(reverse("settings-person", args=[root.pk])).context["form"]["role"].value() == "administrator"
    save(desk, "settings-person", ada.pk, role=Role.FINANCE)  # root is left
    theirs = Client()
    theirs.force_login(root)
    assert "Somebody must be left" in told(save(theirs, "settings-person", root.pk, role=Role.FINANCE))
    save(theirs, "settings-person", ada.pk, role=Role.ADMINISTRATOR)
    save(theirs, "settings-person", root.pk, role=Role.FINANCE)
    assert theirs.get("/settings/people").status_code == 403


def test_a_key_is_shown_once_and_works(desk: Client, claims: Team) -> None:
    page = save(desk, "settings-key-new", name="gateway", team=claims.pk, scopes=["read"])
    text = re.search(r'<pre id="key"[^>]*>(.*?)</pre>', page.content.decode())
    assert text is not None
    assert "no-store" in page.headers["Cache-Control"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text[1]}")
    assert client.get("/api/v1/reports/true-cost?from=2026-10&to=2026-10").status_code == 200
    listed = desk.get("/settings/keys").content.decode()
    assert ApiKey.objects.get().prefix in listed
    assert text[1].split("_", 2)[2] not in listed
    assert ApiKey.objects.get().created_by.username == "ada"  # type: ignore[union-attr]


def test_a_key_that_would_have_expired_is_refused(desk: Client) -> None:
    page = save(desk, "settings-key-new", name="gateway", scopes=["read"], expires_on="2020-01-01")
    assert "would have expired already" in told(page)
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_after_a_question(desk: Client, claims: Team) -> None:
    key, text = create_key(name="gateway", scopes=["read"], team=claims, at=NOON)
    address = reverse("settings-key-revoke", args=[key.pk])
    assert "This cannot be undone" in told(desk.get(address))
    assert ApiKey.objects.get().revoked_at is None
    desk.post(address)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    assert client.get("/api/v1/reports/true-cost").status_code == 401
    assert "revoked" in told(desk.get("/settings/keys"))
