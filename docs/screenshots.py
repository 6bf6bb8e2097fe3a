"""Take the pictures of the README from a running demo: `make demo` in one terminal, `make screenshots` in another."""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WHERE = ROOT / "docs" / "screenshots"
BASE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
DESKTOP, PHONE = (1440, 1200), (375, 812)
AT_MOST = 300_000  # bytes of a picture: this is a repository, not an album


class Shot(NamedTuple):
    name: str
    address: str
    size: tuple[int, int]
    scheme: Literal["light", "dark"]


SHOTS = [
    Shot("overview", "/overview", (1440, 1650), "light"),
    Shot("report-dark", "/report", (1440, 1500), "dark"),
    Shot("compare", "/decisions/compare", (1440, 780), "light"),
    Shot("switch", "/decisions/switches/one?switch=Customer+Support/support_reply/2026-05", (1440, 900), "light"),
    Shot("explore", "/explore", (1440, 900), "light"),
    Shot("log-phone", "/log", PHONE, "light"),
]


def main() -> None:
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser_path is None:
        sys.exit("Screenshots need Chromium; `make tools` installs it.")
    login = _login()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for shot in SHOTS:
            print(_take(browser, login, shot))
        browser.close()


def _login() -> dict[str, str]:
    """Return the administrator that the demo made, once the demo answers."""
    try:
        urllib.request.urlopen(f"{BASE}/healthz", timeout=5).close()  # noqa: S310 - our own address
        logins: list[dict[str, str]] = json.loads((ROOT / "var" / "demo.json").read_text())["logins"]
    except (urllib.error.URLError, FileNotFoundError) as problem:
        sys.exit(f"No demo at {BASE} ({problem}); start one with `make demo`, or say where with PORT=.")
    return next(login for login in logins if login["name"] == "administrator")


def _take(browser: Browser, login: dict[str, str], shot: Shot) -> str:
    width, height = shot.size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=shot.scheme)
    page = context.new_page()
    page.goto(f"{BASE}/login/?next={quote(shot.address)}")
    page.fill("[name=username]", login["name"])
    page.fill("[name=password]", login["password"])
    page.click("button[type=submit]")
    page.wait_for_url(f"{BASE}{shot.address}")
    page.wait_for_load_state("networkidle")
    file = WHERE / f"{shot.name}.png"
    page.screenshot(path=file)
    context.close()
    bytes_taken = file.stat().st_size
    if bytes_taken > AT_MOST:
        sys.exit(f"{file} has {bytes_taken:,} bytes; at most {AT_MOST:,} are kept.")
    return f"{file.relative_to(ROOT)}  {bytes_taken:,} bytes"


if __name__ == "__main__":
    main()
