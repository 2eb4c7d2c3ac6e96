"""Log lines: readable in development, JSON in production, and without anybody's personal data."""

from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


def without_row_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop PostgreSQL's DETAIL and CONTEXT lines, which quote the refused row: names, phones, addresses."""
    for key in ("event", "exception"):
        text = event.get(key)
        if isinstance(text, str):
            kept = [line for line in text.splitlines() if not line.startswith(("DETAIL:", "CONTEXT:"))]
            event[key] = "\n".join(kept)
    return event


def to_standard_error(*, level: str, as_json: bool) -> dict[str, Any]:
    """Describe logging for `dictConfig`: every line to standard error, through the same processors."""
    first: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        without_row_values,
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
    ]
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    line = {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": first, "processors": last}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # It writes the address of each call, and phone numbers are part of some.
            "httpx": {"handlers": [], "level": "WARNING", "propagate": True},
            "httpcore": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
