"""One line per event, for people (console) or for machines (json), from structlog and from the standard library."""

from __future__ import annotations

import logging
from typing import Any

import structlog

from config.away import database_is_away

BEFORE: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_settings(*, style: str, level: str) -> dict[str, Any]:
    structlog.configure(
        processors=[*BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": BEFORE,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last_steps(style)],
            }
        },
        "filters": {"away": {"()": lambda: briefly_where_away}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["away"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}},
    }


def briefly_where_away(record: logging.LogRecord) -> bool:
    """Say in one line, not in a hundred for each request, that the database cannot be reached; keep every record."""
    if record.exc_info and database_is_away(record.exc_info[1]):
        record.msg, record.args = f"{record.getMessage()}: the database cannot be reached", ()
        record.exc_info = record.exc_text = None
    return True


def _last_steps(style: str) -> list[structlog.types.Processor]:
    if style == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # Plain tracebacks: the pretty ones print local variables, which may be anybody's data.
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
