"""The method as a page: every section of docs/method.md can be linked to, and decisions link to those there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_every_section_that_a_decision_links_to_is_there(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    page = client.get("/method").content.decode()
    pages = Path(settings.BASE_DIR, "templates", "decisions").glob("*.html")
    linked = {number for each in pages for number in re.findall(r"_method.html\" with section=(\d+)", each.read_text())}
    assert len(linked) > 7
    assert all(f'id="section-{number}"' in page for number in linked)
    assert "<table" in page
    assert "](" not in page
    assert "Simpson" in page
