"""The report as a workbook: LibreOffice computes its formulas, and what it finds is what the API answers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Role, Team, User
from audits.exports.plain import MONEY
from audits.exports.workbook.fields import fields_of
from audits.queries import grains
from spend.domain.money import to_dollars
from spend.models import Tier
from tests.cast import make_user
from tests.spreadsheets import recalculated, without_results

HEAD = 5  # the row of heads on a sheet of a view, as a spreadsheet counts
HOSTILE = ["=1+1", "+cmd|'/c calc'!A0", "@SUM(1)", "-2", "\t=1", "<b>&'\"*?~", "unattributed"]


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def workbook_of(client: Client, words: str) -> bytes:
    answer = client.get(f"/report.xlsx?{words}")
    assert answer.status_code == 200
    return answer.content


def lines_of(sheet: Worksheet, by: list[str], lens: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Read a sheet of a view back into the rows and the total of the API."""
    fields = [field.name for field in fields_of(lens)]
    rows, total = [], {}
    for row in sheet.iter_rows(min_row=HEAD + 1):
        values = [cell.value for cell in row]
        line = dict(zip(fields, values[2 * len(by) :], strict=False))
        name = str(values[0])
        if name == "Total":
            total = line
            break
        if not (len(by) > 1 and name.endswith(": subtotal")):
            rows.append(dict(zip(by, values, strict=False)) | line)
    return rows, total


def assert_same(theirs: dict[str, Any], ours: dict[str, Any], lens: str) -> int:
    """Compare a line of the API with one of a sheet; return how many figures were compared."""
    names = [field.name for field in fields_of(lens) if field.name in theirs]
    for name in names:
        wanted, found = theirs[name], ours[name]
        if wanted is None:
            assert found in (None, ""), (name, found)
        elif name in MONEY:
            assert round(Decimal(repr(float(found))), 9) == pytest.approx(Decimal(wanted), abs=Decimal("1e-9")), name
        else:
            assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9), name
    return len(names)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


ASKED = [
    "from=2026-10&by=tier",
    "from=2026-09&to=2026-10&by=team,task_type&lens=route&success=first_pass",
    "from=2026-08&to=2026-10&by=model&tier=commodity&basis=reported",
    "from=2026-10&by=route,month&team=Legal&success=judged",
    "from=2020-01&by=tier",  # nothing there
]


def test_their_formulas_compute_to_the_figures_of_the_api(year: None, ada: User, folder: Path) -> None:
    client = seen_by(ada)
    contents = [workbook_of(client, words) for words in ASKED]
    for words, content, computed in zip(ASKED, contents, recalculated(folder, *contents), strict=True):
        assert_computes_to_the_api(client, words, content, computed)


def assert_computes_to_the_api(client: Client, words: str, content: bytes, computed: Any) -> None:
    written = openpyxl.load_workbook(io.BytesIO(content))
    asked_by = words.split("by=")[1].split("&")[0].split(",")
    lens = "route" if "lens=route" in words else "responsible"
    for by in (asked_by, ["tier"], ["team"], ["task_type"], ["model"], ["month"]):
        name = f"By {' and '.join(each.replace('_', ' ') for each in by)}"
        api = client.get(f"/api/v1/reports/true-cost?{words.replace('by=' + ','.join(asked_by), 'by=' + ','.join(by))}")
        rows, total = lines_of(computed[name], by, lens)
        assert [[row[each] for each in by] for row in rows] == [
            [row[each] or "unattributed" for each in by] for row in api.json()["rows"]
        ]
        compared = sum(
            assert_same(theirs, ours, lens)
            for theirs, ours in zip([*api.json()["rows"], api.json()["total"]], [*rows, total], strict=True)
        )
        assert compared >= 50
        assert sum(is_formula(cell) for row in written[name].iter_rows() for cell in row) > 30
    assert faults(computed) == []


def is_formula(cell: Any) -> bool:
    return isinstance(cell.value, str) and cell.data_type == "f"


def faults(book: Any) -> list[str]:
    """Return the cells in which a formula went wrong."""
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "e"
    ]


def test_what_it_brings_along_is_what_is_computed(year: None, ada: User, folder: Path) -> None:
    """Previews do not calculate: the results in the file are right, and none is only an echo."""
    content = workbook_of(seen_by(ada), "from=2026-10&by=team,tier")
    bare = openpyxl.load_workbook(io.BytesIO(without_results(content)), data_only=True)
    [computed], brought = recalculated(folder, content), openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    formulas = 0
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for cell in (cell for row in sheet.iter_rows() for cell in row if is_formula(cell)):
            formulas += 1
            assert bare[sheet.title][cell.coordinate].value is None
            found, said = (book[sheet.title][cell.coordinate].value for book in (computed, brought))
            if said in (None, ""):
                assert found in (None, ""), (sheet.title, cell.coordinate)
            else:
                assert found == pytest.approx(said, rel=1e-9, abs=1e-9), (sheet.title, cell.coordinate)
    assert formulas > 1_000


def test_a_changed_sum_changes_the_headline(year: None, ada: User, folder: Path) -> None:
    """The formulas are live down to the sums of calls."""
    content = workbook_of(seen_by(ada), "from=2026-10&by=tier")
    book = openpyxl.load_workbook(io.BytesIO(content))
    heads = {cell.value: cell.column for cell in book["Sums of calls"][4]}
    cost: Any = book["Sums of calls"].cell(5, heads["Cost"])
    cost.value += 1_000
    out = io.BytesIO()
    book.save(out)
    before, after = recalculated(folder, content, out.getvalue())
    assert figure(after, "True cost") == pytest.approx(figure(before, "True cost") + 1_000)


def figure(book: Any, label: str) -> Any:
    return next(row[1].value for row in book["Summary"].iter_rows() if row[0].value == label)


def test_names_that_look_like_formulas_or_patterns_stay_names(year: None, ada: User, folder: Path) -> None:
    Tier.objects.filter(name="commodity").update(name=HOSTILE[0])
    for team, name in zip(Team.objects.order_by("pk"), HOSTILE[1:], strict=False):
        Team.objects.filter(pk=team.pk).update(name=name)
    client = seen_by(ada)
    content = workbook_of(client, "from=2026-10&by=team,tier")
    [computed] = recalculated(folder, content)
    api = client.get("/api/v1/reports/true-cost?from=2026-10&by=team,tier").json()
    rows, total = lines_of(computed["By team and tier"], ["team", "tier"], "responsible")
    for theirs, ours in zip([*api["rows"], api["total"]], [*rows, total], strict=True):
        assert_same(theirs, ours, "responsible")
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for cell in (cell for row in sheet.iter_rows() for cell in row if is_formula(cell)):
            assert not (any(str(cell.value).startswith(bad) for bad in HOSTILE)), cell.coordinate
    assert any(HOSTILE[1] == cell.value for row in computed["By team"].iter_rows() for cell in row)


@pytest.fixture
def charts(year: None, ada: User) -> Iterator[list[str]]:
    with zipfile.ZipFile(io.BytesIO(workbook_of(seen_by(ada), "from=2026-10&by=tier"))) as file:
        yield [file.read(name).decode() for name in file.namelist() if name.startswith("xl/charts/chart")]


def test_its_charts_are_native_with_titles_and_the_colours_of_the_page(charts: list[str]) -> None:
    assert len(charts) >= 7
    assert all(chart.count("<c:title>") == 3 for chart in charts)  # the chart's and its axes'
    assert any("0072B2" in chart and "c:errBars" in chart for chart in charts)


def test_no_axis_cuts_an_interval_off(year: None, ada: User, charts: list[str]) -> None:
    rows = seen_by(ada).get("/report?from=2026-10&by=tier").context["report"].rows
    highest = max(float(to_dollars(row.line.true_cost_per_success_high or 0)) for row in rows)
    by_tier = next(chart for chart in charts if "What a successful task costs, by tier" in chart)
    [end, *_] = re.findall(r'<c:max val="([\d.e+]+)"', by_tier)
    assert float(end) >= highest > 0


def test_it_says_what_it_is_of_and_who_made_it(year: None, ada: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(seen_by(ada), "from=2026-10&by=tier&team=Legal")))
    said = {row[0].value: row[1].value for row in book["Summary"].iter_rows()}
    assert said["Period"] == "October 2026"
    assert said["Only team"] == "Legal"
    assert said["Exported by"] == "ada"
    assert said["Reporting zone"] == "UTC"
    assert book.properties.title == "True cost of AI work, October 2026"
    assert book["By tier"].freeze_panes == "B6"
    assert all(sheet.page_setup.orientation == "landscape" for sheet in book)


def test_ledger_entries_are_listed_up_to_a_bound_that_is_said(
    year: None, ada: User, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr("audits.actions.packs.MOST_ENTRIES", 3)
    [book] = recalculated(folder, workbook_of(seen_by(ada), "from=2026-10"))
    sheet = book["Ledger entries"]
    assert sheet["A2"].value == "The 3 posted last; the address has all of them."
    assert len([row for row in sheet.iter_rows(min_row=6) if row[0].value]) == 3
    assert sheet["B3"].value + sheet["D3"].value == pytest.approx(sheet["F3"].value)
    assert sheet["D3"].value > 0


def test_too_many_sums_leave_values_instead_of_formulas(
    year: None, ada: User, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    client = seen_by(ada)
    monkeypatch.setattr(grains, "MOST_ROWS", 3)
    [book] = recalculated(folder, workbook_of(client, "from=2026-10&by=team,tier"))
    assert "Sums of calls" not in book.sheetnames
    api = client.get("/api/v1/reports/true-cost?from=2026-10&by=team,tier").json()
    rows, total = lines_of(book["By team and tier"], ["team", "tier"], "responsible")
    for theirs, ours in zip([*api["rows"], api["total"]], [*rows, total], strict=True):
        assert_same(theirs, ours, "responsible")


def test_a_lead_gets_their_teams_alone(year: None) -> None:
    lead = make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Legal"))
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(seen_by(lead), "from=2026-10&by=team")))
    others = {team.name for team in Team.objects.exclude(name="Legal")}
    shown = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert "Legal" in shown
    assert not shown & others


def test_the_api_and_the_page_give_the_same_file(year: None, ada: User) -> None:
    client = seen_by(ada)
    page, api = (client.get(f"{path}?from=2026-10") for path in ("/report.xlsx", "/api/v1/reports/true-cost.xlsx"))
    assert page.headers["Content-Disposition"] == 'attachment; filename="truecost-2026-10-by-tier.xlsx"'
    assert api.headers["Content-Disposition"] == page.headers["Content-Disposition"]
    figures = [
        [cell.value for row in openpyxl.load_workbook(io.BytesIO(answer.content))["By tier"] for cell in row]
        for answer in (page, api)
    ]
    assert figures[0] == figures[1]


def test_the_queries_do_not_grow_with_the_rows(year: None, ada: User) -> None:
    client = seen_by(ada)
    workbook_of(client, "from=2026-10")
    counts = []
    for words in ("from=2026-10&by=tier", "from=2026-01&to=2026-10&by=tier"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            workbook_of(client, words)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 150


def test_a_bad_query_is_named(ada: User) -> None:
    answer = seen_by(ada).get("/report.xlsx?tier=best")
    assert answer.status_code == 400
    assert answer.content == b"tier: no such tier: 'best'\n"
