"""Uploading an export: every line is seen before it is saved, and counts once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from audits.models import Correction, LabourRate

pytestmark = pytest.mark.django_db

JIRA = "Issue Key,Worklog ID,Started,Time Spent,Updated\nT1,1,2026-10-05,30m,2026-10-05\nT2,2,soon,1h,\n"
REVIEWS = (
    "id,state,submitted_at,pull request\n1,{},2026-10-05T09:00:00Z,a/b#1\n2,COMMENTED,2026-10-05T09:00:00Z,a/b#2\n"
)


@pytest.fixture
def lead(client: Client, lena: User) -> Client:
    LabourRate.objects.create(role="engineer", starts_on="2026-01-01", hourly=60)
    client.force_login(lena)
    return client


def sent(client: Client, profile: str, text: str | bytes, **words: str) -> Any:
    data = text.encode() if isinstance(text, str) else text
    given = {"profile": profile, "role": "engineer", "file": SimpleUploadedFile("export.csv", data), **words}
    return client.post(reverse("log-upload"), given)


def text_of(page: Any) -> str:
    return " ".join(re.sub("<[^>]*>", "", page.content.decode()).split())


def test_it_is_shown_first_and_saved_from_what_was_shown(lead: Client) -> None:
    page = sent(lead, "jira", JIRA)
    assert "1 line can be saved and costs $30.00." in text_of(page)
    assert "must be a day such as 2026-10-05" in text_of(page)
    assert not Correction.objects.exists()
    seen = {"profile": "jira", "role": "engineer", "text": page.context["text"], "save": "1"}
    done = lead.post(reverse("log-upload"), seen).context["done"]
    assert done == {"saved": 1, "known": 0, "refused": 1}
    assert Correction.objects.filter(recorded_by__username="lena").count() == 1


def test_the_same_export_counts_once_and_an_edited_line_replaces_what_it_said(lead: Client) -> None:
    sent(lead, "jira", JIRA, save="1")
    assert "1 was sent before" in text_of(sent(lead, "jira", JIRA))
    edited = JIRA.replace("30m,2026-10-05", "45m,2026-10-06")
    assert sent(lead, "jira", edited, save="1").context["done"]["saved"] == 1
    assert Correction.objects.get(latest=True).minutes == 45


def test_what_was_dismissed_is_taken_back(lead: Client) -> None:
    sent(lead, "github", REVIEWS.format("APPROVED"), save="1")
    page = sent(lead, "github", REVIEWS.format("DISMISSED"))
    assert "1 takes back what was said before" in text_of(page)
    assert "1 line (COMMENTED is left out)" in text_of(page)
    sent(lead, "github", REVIEWS.format("DISMISSED"), save="1")
    assert Correction.objects.get(latest=True).withdrawn


def test_a_lead_writes_for_their_own_team_only(lead: Client, support: Team) -> None:
    assert "There is no such team." in sent(lead, "jira", JIRA, team="Support").content.decode()
    named = "task,date,minutes,role,team\nT1,2026-10-05,30,engineer,Support\n"
    assert sent(lead, "csv", named, save="1").context["done"] == {"saved": 0, "known": 0, "refused": 1}


def test_a_role_that_has_no_rate_is_refused_line_by_line(lead: Client) -> None:
    assert "no labour rate for" in sent(lead, "jira", JIRA, role="wizard").content.decode()


@pytest.mark.parametrize("profile", ["github", "jira", "zendesk", "csv", "rest", ""])
def test_no_file_is_an_error_of_ours(lead: Client, profile: str) -> None:
    for data in (b"", b"\xff\xfe", b"\x00", b'"', b"a\n" * 6000, "ü;ö\n".encode("cp1252")):
        assert sent(lead, profile, data).status_code == 200
