"""Child processes that end when their parent does, even when it is killed. Does something on Linux only.

An orphan is killed, not asked: Celery asked to stop waits minutes for a broker that has gone with the parent. What was
answered is committed, and what was not done is still in the job tables.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
ON_LINUX = sys.platform.startswith("linux")


def end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return what a parent runs in its child between fork and exec (`preexec_fn`)."""
    if not ON_LINUX:
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it went before we asked
            os._exit(1)

    return ask


def end_with_my_parent() -> None:
    """Ask it for this process: for children that other programs fork, such as a web server's workers."""
    if ON_LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 1:  # it went before we asked
            os._exit(1)
