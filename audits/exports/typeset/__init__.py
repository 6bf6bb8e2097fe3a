"""A report as a PDF that a board can read: one to four typeset pages, the figures of the page.

What is shown is handed over as JSON and never becomes markup. Fonts are those inside typst; nothing is fetched, and no
file but the template is read.
"""

from __future__ import annotations

import json
from pathlib import Path

import typst

from audits.actions.packs import Pack
from audits.exports.asked import Asked
from audits.exports.typeset.contents import contents

_FOLDER = Path(__file__).parent


def as_pdf(pack: Pack, asked: Asked) -> bytes:
    """Return the report as an accessible PDF (PDF/UA-1)."""
    made: bytes = typst.compile(
        _FOLDER / "report.typ",
        root=_FOLDER,
        format="pdf",
        ignore_system_fonts=True,
        package_path=_FOLDER / "no-packages",
        package_cache_path=_FOLDER / "no-packages",
        sys_inputs={"report": json.dumps(contents(pack, asked))},
        timestamp=int(pack.asked_for.as_of.timestamp()),
        pdf_standards="ua-1",
    )
    return made
