"""Structured logs on standard error: no personal data, no secrets; a shifted clock is shown on every line."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def set_up_logging(demo_clock: str | None) -> None:
    """Set up structlog for the service; ``demo_clock`` is stamped on every line when there is one."""

    def stamp(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if demo_clock:
            event["demo_clock"] = demo_clock
        return event

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            stamp,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(bool_as_flag=False)
            if not sys.stderr.isatty()
            else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries speak only when something is wrong: their INFO lines repeat addresses and subjects.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
