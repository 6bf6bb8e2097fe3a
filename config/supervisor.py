"""Runs programs as children of one foreground process: starts again what crashes, stops all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from config.lifeline import end_with_parent

LOOK_SECONDS = 0.2
STOP_SECONDS = 10.0
# A program that fails this often in this time will not get better by itself.
CRASHES, WITHIN_SECONDS = 3, 30.0


class GivesUp(Exception):
    """A program keeps failing."""


class Child(Protocol):
    name: str

    def start(self) -> None: ...
    def is_alive(self) -> bool: ...
    def restart(self) -> None: ...
    def ask_to_stop(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Program:
    """A command line, run in a session of its own so that Ctrl-C reaches only its supervisor."""

    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self.arguments,
            cwd=self.folder,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def restart(self) -> None:
        self.stop()
        self.start()

    def ask_to_stop(self) -> None:
        if self._process:
            self._process.terminate()

    def stop(self) -> None:
        if not self._process:
            return
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self._kill_rest(self._process.pid)
        self._process.wait()
        self._process = None

    @staticmethod
    def _kill_rest(group: int) -> None:
        """End what the program itself left behind in its session."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


class Supervisor:
    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self.crashes: dict[str, list[float]] = {}
        self.say = say
        self.stopping = False

    def listen(self) -> None:
        """Take Ctrl-C and requests to end as a wish to stop; a second one changes nothing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._wish_to_stop)

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def watch(self) -> None:
        """Keep everything running until asked to stop."""
        while not self.stopping:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        for child in self.children:
            if not child.is_alive():
                self._start_again(child)

    def stop(self) -> None:
        """Ask all at once, then wait in reverse order: the database last, when nobody needs it any more."""
        for child in self.children:
            child.ask_to_stop()
        while self.children:
            self.children.pop().stop()

    def _start_again(self, child: Child) -> None:
        now = time.monotonic()
        recent = [at for at in self.crashes.get(child.name, []) if now - at < WITHIN_SECONDS]
        self.crashes[child.name] = [*recent, now]
        if len(recent) + 1 >= CRASHES:
            raise GivesUp(
                f"{child.name} ended {CRASHES} times in {WITHIN_SECONDS:.0f} seconds; see its messages above."
            )
        self.say(f"{child.name} ended unexpectedly; starting it again.")
        child.restart()

    def _wish_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
