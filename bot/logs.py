"""Structured logs on standard error: no personal data, no secrets; a shifted clock is shown on every line."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRETS = (
    (re.compile(r"(?<!\d)\d{6,12}:[\w-]{30,}"), "•••"),  # a bot's token, which stands in every address of Telegram's
    (re.compile(r"(?<![\w.])(\+?62\d{2})\d{4,9}(\d{2})(?!\d)"), r"\1•••\2"),
    (re.compile(r"(whatsapp:\+?\d{2,4})\d{4,10}(\d{2})"), r"\1•••\2"),
    (re.compile(r"\bID\.\d{4,}"), "ID.•••"),
    (re.compile(r"(?<!\d)\d{18}(?!\d)"), "•••NIP•••"),
    (re.compile(r"(/berkas/)[^/\s]+"), r"\1•••"),  # a signed address opens what it names
    (re.compile(r"\b(\w)[\w.+-]*@([\w-]+\.[\w.-]+)"), r"\1•••@\2"),
    (re.compile(r"(?i)(authorization|auth_token|secret_token|x-twilio-signature)(\W{1,4})[^\s,;'\"]+"), r"\1\2•••"),
)


def redacted(text: str) -> str:
    """``text`` without telephone numbers, NIP and tokens (UU 27/2022): logs are read by many."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The same for every text of one line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redacted(value)
    return event


class _Redacting(logging.Formatter):
    """The same for what libraries say."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, without secrets."""
        return redacted(super().format(record))


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
            redact,
            structlog.processors.LogfmtRenderer(bool_as_flag=False)
            if not sys.stderr.isatty()
            else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries speak only when something is wrong: their INFO lines repeat addresses and subjects.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
