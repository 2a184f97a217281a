"""From ``[[mailbox]]`` blocks to running readers."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bot.access import TokenShelf, secret_text
from bot.bootstrap import Installation
from bot.settings_blocks import Mailbox
from domain.chase import next_moment
from domain.terms import Pattern
from domain.windows import windows_on
from intake.mailbox import ImapServer, MailboxReader, MailboxSettings
from intake.observer import Observer

_BEFORE = timedelta(minutes=30)  # early sheets are frequent enough to be answered at once
_AFTER = timedelta(minutes=30)


def open_mailboxes(place: Installation, shelf: TokenShelf, observer: Observer) -> list[MailboxReader]:
    """One reader per configured mailbox, not started."""
    loop = asyncio.get_running_loop()
    return [
        MailboxReader(
            settings=_settings(place, box, shelf),
            db=place.db,
            blobs=place.blobs,
            clock=place.clock,
            loop=loop,
            spool_dir=place.settings.data / "spool",
            window_open=window_open_of(place),
            next_look=next_look_of(place),
            committed=partial(observer.mail_kept, box.name),
        )
        for box in place.settings.mailboxes
    ]


def window_open_of(place: Installation) -> Callable[[], bool]:
    """Whether any unit's window is open now, or opens or closed within half an hour."""

    def is_open() -> bool:
        now = place.clock.now()
        day = now.astimezone(place.profile.tz).date()
        return any(
            window.opens - _BEFORE <= now < window.late_from + _AFTER
            for pattern in Pattern
            for window in windows_on(place.profile, day, pattern)
        )

    return is_open


def next_look_of(place: Installation) -> Callable[[], float]:
    """Real seconds to the next moment at which reminders or escalations depend on a search."""

    def seconds() -> float:
        now = place.clock.now()
        ahead = place.clock.to_real(next_moment(place.profile, now)) - place.clock.to_real(now)
        return ahead.total_seconds()

    return seconds


def _settings(place: Installation, box: Mailbox, shelf: TokenShelf) -> MailboxSettings:
    server = ImapServer(
        host=box.host,
        port=box.imap_port,
        username=box.login,
        tls=box.tls,
        ca_file=place.settings.place(box.ca_file) if box.ca_file else None,
    )
    return MailboxSettings(
        name=box.name,
        server=server,
        password=lambda: secret_text(box, "password"),
        tokens=shelf.of(box.name) if box.auth == "xoauth2" else None,
        folder=box.folder,
        archive_to=box.archive_to,
        received_by=box.received_by,
    )
