"""Starts Truecost's programs the way people do, in folders of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WAIT_SECONDS = 60.0


@contextmanager
def home_with_spaces() -> Iterator[Path]:
    """Yield a VAR_DIR that the user PostgreSQL runs as can enter; pytest's own folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="truecost tests ", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder / "var"
    finally:
        shutil.rmtree(folder)


def manage(*arguments: str, var: Path, **environment: str) -> subprocess.Popen[str]:
    """Start manage.py with the shipped settings, whatever database the tests themselves use."""
    return python(str(ROOT / "manage.py"), *arguments, VAR_DIR=str(var), **environment)


def python(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd="/",
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def drained(process: subprocess.Popen[str]) -> Iterator[deque[str]]:
    """Read on what it prints, as who waits for a reader answers nobody; yield the end of it, as it grows."""
    assert process.stdout
    with process.stdout:
        end = deque[str](maxlen=200)
        reader = threading.Thread(target=end.extend, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            yield end
        finally:
            reader.join(WAIT_SECONDS)


def eventually(happens: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(var: Path) -> list[str]:
    """Return the command lines of whatever runs on this VAR_DIR: its database and all that was given its name."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal() or int(process.name) == os.getpid():
            continue
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if os.fsencode(var) in words and state != "Z":
            found.append(f"{process.name} {words.split(bytes(1))[0].decode(errors='replace')}")
    return found
