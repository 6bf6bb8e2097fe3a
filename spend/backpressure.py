"""What the doors of a process take on at a time: so many writers, one large body, nothing while the database lags.

Whoever finds no place waits for a moment at most, and is then asked to come back: nothing queues without end.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from time import monotonic

import psycopg
from django.conf import settings
from django.db import OperationalError
from rest_framework import status
from rest_framework.exceptions import APIException, Throttled

from spend import store
from spend.ingest.bodies import LARGE_BYTES

# Writers beyond the cores only queue for each other's locks and are slower together than one by one (MEASURED 5.1).
WRITERS = settings.INGEST_WRITERS
RETRY_AFTER_SECONDS = 2
CLOSED_SECONDS = 2.0
STATEMENT_SECONDS = 30
TOO_MANY = "Too many batches are being written."
_writers = BoundedSemaphore(WRITERS)
_large = BoundedSemaphore(1)
_closed_until = 0.0


class Lagging(APIException):
    """The database did not do in time what a batch needs; nothing of it is written."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The database is busy; send it again in a moment."
    wait = RETRY_AFTER_SECONDS


@contextmanager
def writing() -> Iterator[None]:
    """Hold one of the places for writers. Raises Throttled where none becomes free, Lagging where the database hangs.

    After that nobody is let in for a moment, so that those who queue behind are answered at once, not one by one.
    """
    if monotonic() < _closed_until:
        raise Throttled(RETRY_AFTER_SECONDS, TOO_MANY)
    if not _writers.acquire(timeout=settings.INGEST_WAIT_SECONDS):
        _close()
        raise Throttled(RETRY_AFTER_SECONDS, TOO_MANY)
    try:
        with store.waiting_at_most(settings.INGEST_WAIT_SECONDS, STATEMENT_SECONDS):
            yield
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled):
            raise
        _close()
        raise Lagging from error
    finally:
        _writers.release()


def _close() -> None:
    global _closed_until
    _closed_until = monotonic() + CLOSED_SECONDS


class Room:
    """The memory for one request's body: small ones come as they are, of large ones one at a time."""

    def __init__(self) -> None:
        self._is_large = False

    def grows_to(self, size: int) -> None:
        """Make room for so many bytes. Raises Throttled where another large body does not make way in time."""
        if size <= LARGE_BYTES or self._is_large:
            return
        if not _large.acquire(timeout=settings.INGEST_WAIT_SECONDS):
            raise Throttled(RETRY_AFTER_SECONDS, "Too many large bodies are being read.")
        self._is_large = True

    def leave(self) -> None:
        if self._is_large:
            gc.collect()  # what a refusal holds of it in circles would otherwise stay for long
            _large.release()
            self._is_large = False
