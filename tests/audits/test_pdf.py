"""The report as a PDF: the figures of the page, on one to four pages, whatever things are called."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, Team, User
from audits.actions.notes import write_note
from audits.exports.axis import ticks
from audits.exports.wording import certainty, sentence
from spend.actions.simulation import mark_simulated
from spend.domain.periods import Month
from spend.models import Llm, Tier
from spend.templatetags.figures import plain_money, plain_percent, plain_ratio
from tests.build import record
from tests.cast import make_user

HOSTILE = ['#panic("no")', "$ x $ *b* _i_ `c` @ref", '"#import "x.typ"', "\\ <a> = [b] ~", "Ω" * 100, "W" * 100]


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pdf_of(client: Client, words: str) -> pypdfium2.PdfDocument:
    answer = client.get(f"/report.pdf?{words}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return pypdfium2.PdfDocument(answer.content)


def text_of(document: pypdfium2.PdfDocument) -> str:
    """Return all text in one line; typst breaks lines where the page needs it."""
    found = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return re.sub(r"\s+", " ", found.replace("\N{NO-BREAK SPACE}", " ").replace("\ufffe", ""))


ASKED = [
    "from=2026-10&by=tier",
    "from=2026-09&to=2026-10&by=team,task_type&lens=route",
    "from=2026-08&to=2026-10&by=model&tier=commodity&basis=reported",
    "from=2020-01&by=tier",  # nothing there
]


@pytest.mark.parametrize("words", ASKED)
def test_it_says_the_figures_of_the_page(year: None, ada: User, words: str) -> None:
    client = seen_by(ada)
    report = client.get(f"/report?{words}").context["report"]
    document = pdf_of(client, words)
    text = text_of(document)
    assert 1 <= len(document) <= 4
    assert squeezed(sentence(report)) in squeezed(text)
    assert squeezed(certainty(report.total)) in squeezed(text)
    for line in [*(row.line for row in report.rows), report.total]:
        for figure in (
            f"{line.tasks:,}", plain_money(line.token_bill, 2), plain_money(line.true_cost, 2),
            plain_money(line.true_cost_per_success, 4), plain_ratio(line.multiplier, 2),
            plain_percent(line.final_yield), plain_percent(line.attempt_fail_rate),
        ):  # fmt: skip
            assert squeezed(figure) in squeezed(text), figure


def squeezed(text: str) -> str:
    """Words may be broken over lines: compare letters and figures only."""
    return re.sub(r"[\s\-\u00ad\u2010]", "", text)


def test_it_says_what_it_is_of(year: None, ada: User) -> None:
    mark_simulated()
    document = pdf_of(seen_by(ada), "from=2026-10&by=tier&team=Legal")
    text = text_of(document)
    for said in ("October 2026", "Only team Legal", "Reporting zone UTC", "Exported by ada", "Claimed Measured",
                 "restated: costs by the day they belong to", "What is uncertain",
                 f"Page 1 of {len(document)}"):  # fmt: skip
        assert said in text, said
    for page in document:
        assert "Simulated data" in page.get_textpage().get_text_bounded()


def test_only_what_is_simulated_says_so(year: None, ada: User) -> None:
    assert "Simulated" not in text_of(pdf_of(seen_by(ada), "from=2026-10"))


def test_it_can_be_read_aloud(year: None, ada: User) -> None:
    content = seen_by(ada).get("/report.pdf?from=2026-10").content
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_value("Title") == "True cost of AI work, October 2026"
    assert document.is_tagged()
    assert b"pdfuaid:part" in content
    assert b"/Lang" in content


def test_forty_models_with_long_names_fit_four_pages(year: None, ada: User) -> None:
    calls: list[dict[str, Any]] = []
    for at in range(45):
        llm = Llm.objects.create(provider="acme", name=f"model-with-a-rather-long-name-2026-{at:02}-{'x' * 60}")
        calls.append({"id": f"pdf-{at}", "occurred_at": "2026-10-05T08:00:00Z", "provider": "acme", "model": llm.name,
                      "task": f"pdf-{at}", "cost_usd": "1234.56", "team": "Legal"})  # fmt: skip
    noon = datetime(2026, 11, 2, 9, tzinfo=UTC)
    record("call", *calls, at=noon)
    record("outcome", *({"task": call["task"], "outcome": "success", "team": "Legal"} for call in calls), at=noon)
    client = seen_by(ada)
    document = pdf_of(client, "from=2026-10&by=team,model")
    assert 1 <= len(document) <= 4
    text = text_of(document)
    assert "of lower cost; the workbook has all." in text
    assert "The 12 dearest of" in text


def test_it_has_the_latest_notes_by_finance(year: None, ada: User) -> None:
    for day in range(1, 7):
        at = datetime(2026, 11, day, tzinfo=UTC)
        write_note(month=Month(2026, 10), team=None, text=f"#panic {day} " + "word " * 500, by=ada, at=at)
    document = pdf_of(seen_by(ada), "from=2026-10")
    text = text_of(document)
    assert 1 <= len(document) <= 4
    assert "Notes by finance" in text
    assert "#panic 6" in text
    assert "#panic 2" not in text
    assert "And 2 earlier notes" in text
    lead = make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Legal"))
    assert "Notes by finance" not in text_of(pdf_of(seen_by(lead), "from=2026-10"))


def test_names_are_text_and_never_markup(year: None, ada: User) -> None:
    for row, name in zip([*Team.objects.all()[:3], *Tier.objects.all()[:3]], HOSTILE, strict=False):
        type(row)._default_manager.filter(pk=row.pk).update(name=name)
    document = pdf_of(seen_by(ada), "from=2026-10&by=team,tier")
    assert 1 <= len(document) <= 4
    assert '#panic("no")' in text_of(document)


def test_every_page_has_something_on_it(year: None, ada: User) -> None:
    for page in pdf_of(seen_by(ada), "from=2026-10&by=team,tier"):
        drawn = page.render(scale=0.5).to_numpy()
        assert (drawn < 200).mean() > 0.002


def test_the_bars_have_the_colours_of_the_page(year: None, ada: User) -> None:
    drawn = pdf_of(seen_by(ada), "from=2026-10")[0].render(scale=2, rev_byteorder=True).to_numpy()[:, :, :3]
    for shade in ("0072b2", "56b4e9", "009e73"):  # token bill (its legend at least), fixed compute, prevention
        wanted = [int(shade[at : at + 2], 16) for at in (0, 2, 4)]
        assert (abs(drawn.astype(int) - wanted).max(axis=2) < 3).sum() > 50, shade


def test_a_lead_gets_their_teams_alone(year: None) -> None:
    lead = make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Legal"))
    text = text_of(pdf_of(seen_by(lead), "from=2026-10&by=team"))
    assert "Legal" in text
    assert not [name for name in Team.objects.exclude(name="Legal").values_list("name", flat=True) if name in text]


def test_the_queries_do_not_grow_with_the_rows(year: None, ada: User) -> None:
    client = seen_by(ada)
    pdf_of(client, "from=2026-10")
    counts = []
    for words in ("from=2026-10&by=tier", "from=2026-01&to=2026-10&by=tier"):
        with CaptureQueriesContext(connection) as queries:
            pdf_of(client, words)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 60


@pytest.mark.parametrize(
    ("longest", "marks", "end"),
    [
        (0, [0], 1),
        (1, [0, 1], 1),
        (5, [0, 1, 2, 3, 4, 5], 5),
        (7, [0, 2, 4, 6, 8], 8),
        (26_000_000_000, [0, 10 * 10**9, 20 * 10**9, 30 * 10**9], 30 * 10**9),
        (99, [0, 20, 40, 60, 80, 100], 100),
    ],
)
def test_an_axis_has_round_marks_and_holds_the_longest_bar(longest: int, marks: list[int], end: int) -> None:
    assert ticks(longest) == (marks, end)
