"""The first documents a newcomer reads are true: bodies are taken, answers are as printed, paths exist."""

from __future__ import annotations

import json
import re
import shlex
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import Scope, Team
from audits.models import LabourRate
from tests.cast import NOON

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/api.md", *sorted(
    str(page.relative_to(ROOT)) for page in (ROOT / "docs/decisions").glob("*.md")
))  # fmt: skip


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / document).read_text(), re.M | re.S)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def sent(curl: str, key: str) -> Any:
    """Do what a curl command does; return the JSON of the answer."""
    address, *words = shlex.split(curl)[1:]
    assert f"Authorization: Bearer {key}" in words
    client = APIClient(headers={"Authorization": f"Bearer {key}"})
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    body = words[words.index("-d") + 1] if "-d" in words else None
    response = client.post(path, body, content_type="application/json") if body else client.get(path)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.django_db
def test_the_two_minutes_of_the_readme(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(blocks("README.md", "yaml")[0])
    scripts = "\n\n".join(blocks("README.md", "sh"))
    for words in ("apply ours.yaml", "create_key --team Claims --scopes ingest,read,audit"):
        assert f"manage.py {words}" in scripts
    run("prices", "import")  # as `up` does
    run("apply", str(tmp_path / "ours.yaml"))
    key = run("create_key", "--team", "Claims", "--scopes", "ingest,read,audit")
    paragraphs = map(str.strip, scripts.replace("$KEY", key).split("\n\n"))
    commands = [paragraph for paragraph in paragraphs if paragraph.startswith("curl ")]
    *posts, report = [sent(command, key) for command in commands]
    assert [post["accepted"] for post in posts] == [2, 2, 1, 1]
    assert report["total"]["true_cost_per_success"] == "913.701362"
    assert report["rows"][0]["tier"] == "commodity"
    text = (ROOT / "README.md").read_text()
    assert "$913.701362" in text
    assert report["total"]["token_bill"] == "0.001362"
    assert "$0.001362" in text


@pytest.mark.django_db
def test_the_examples_of_the_api_page(claims: Team) -> None:
    LabourRate.objects.create(role="adjuster", starts_on="2026-01-01", hourly=60)
    key = create_key(name="page", scopes=Scope.values, team=claims, at=NOON)[1]
    client = APIClient(headers={"Authorization": f"Bearer {key}"})
    asked, answers = blocks("docs/api.md", "http"), blocks("docs/api.md", "json")
    assert len(asked) == len(answers) > 5
    for request, answer in zip(asked, answers, strict=True):
        verb, path, body = re.fullmatch(r"(\w+) (\S+)\n(.*)", request, re.S).groups()  # type: ignore[union-attr]
        made = client.get(path) if verb == "GET" else client.post(path, body, content_type="application/json")
        assert_holds(made.json(), json.loads(answer))


def assert_holds(whole: Any, part: Any) -> None:
    """Everything that `part` says is so in `whole`; objects of `whole` may say more."""
    if isinstance(part, dict):
        for name, value in part.items():
            assert_holds(whole[name], value)
    elif isinstance(part, list):
        assert len(whole) == len(part)
        for one, other in zip(whole, part, strict=True):
            assert_holds(one, other)
    else:
        assert whole == part


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_points_to_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    paths = re.findall(r"`((?:config|accounts|spend|audits|tests|docs|static|templates|benchmarks)/[\w./-]*)`", text)
    missing = [link for link in links if not ((ROOT / document).parent / link).exists()]
    missing += [path for path in paths if not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_what_make_is_told_to_do_it_can(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"\bmake ([a-z-]+)\b(?=`|  |\n|\")", (ROOT / document).read_text())) <= targets
