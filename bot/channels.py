"""From settings to open channels, by the one list (``intake.registry``)."""

from collections.abc import Mapping
from typing import cast

from bot.access import TokenShelf, secret_text
from bot.bootstrap import Installation
from domain.terms import Scheme
from intake.channel import Channel, ChatChannel
from intake.registry import CHANNELS, CHATS


def channels_of(place: Installation, shelf: TokenShelf) -> dict[Scheme, Channel]:
    """Every channel that is set up."""
    given = _mail(place, shelf)
    given |= {scheme: block.fields(place.settings.public_url) for scheme, block in place.settings.chat.chats().items()}
    return {line.scheme: line.open(given[line.scheme], place.clock) for line in CHANNELS if line.scheme in given}


def chats_among(channels: Mapping[Scheme, Channel]) -> dict[Scheme, ChatChannel]:
    """Those that people also write to."""
    return {scheme: cast(ChatChannel, channel) for scheme, channel in channels.items() if scheme in CHATS}


def _mail(place: Installation, shelf: TokenShelf) -> dict[Scheme, Mapping[str, object]]:
    smtp = place.settings.smtp
    if smtp is None:
        return {}
    fields: dict[str, object] = {
        "host": smtp.host,
        "port": smtp.smtp_port,
        "from_address": smtp.from_address,
        "from_name": smtp.from_name,
        "tls": smtp.tls,
        # A server that asks for nothing must not be offered a login: many refuse the very attempt.
        "username": smtp.login if smtp.secret("password") or smtp.oauth_mailbox else "",
        "password": lambda: secret_text(smtp, "password"),
        "tokens": shelf.of(smtp.oauth_mailbox) if smtp.oauth_mailbox else None,
        "ca_file": place.settings.place(smtp.ca_file) if smtp.ca_file else None,
        "null_sender": smtp.null_sender,
    }
    return {Scheme.MAIL: fields}
