"""Workbooks as LibreOffice computes them: every result that the file brings along is thrown away before."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

# Compute whatever a file says of itself: 0 is "always".
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""
_RESULT = re.compile(rb"(</f>)<v>[^<]*</v>")


def recalculated(folder: Path, *contents: bytes) -> list[Workbook]:
    """Return the workbooks with the values that LibreOffice, started once, makes of their formulas."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "registrymodifications.xcu").write_text(_SETTINGS)
    names = [f"bare-{number}.xlsx" for number in range(len(contents))]
    for name, content in zip(names, contents, strict=True):
        (folder / name).write_bytes(without_results(content))
        (folder / "out" / name).unlink(missing_ok=True)
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(folder / "out"), *(str(folder / name) for name in names)],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    assert all((folder / "out" / name).exists() for name in names), done.stdout + done.stderr
    return [openpyxl.load_workbook(folder / "out" / name, data_only=True) for name in names]


def without_results(content: bytes) -> bytes:
    """Return the same file with formulas that do not bring their results."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, _RESULT.sub(rb"\1", data) if name.startswith("xl/worksheets/") else data)
    return out.getvalue()
