"""The one list of channels: a new one is one file, one line here, one settings block, one test file.

The list holds names, so that a command that never writes to WhatsApp loads no client library of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from domain.ports import Clock
from domain.terms import Scheme
from intake.channel import Channel


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel: its scheme, its module, and there the class of its settings and its own.

    ``receives``: it is a ``ChatChannel`` with a webhook at ``/webhooks/<scheme>``.
    """

    scheme: Scheme
    module: str
    settings: str
    channel: str
    receives: bool = False

    def open(self, settings: Mapping[str, object], clock: Clock) -> Channel:
        """The channel over the fields of its settings class."""
        module = import_module(self.module)
        return cast(Channel, getattr(module, self.channel)(getattr(module, self.settings)(**settings), clock))


CHANNELS = (
    ChannelLine(Scheme.MAIL, "intake.mail_send", "SmtpSettings", "MailSender"),
    ChannelLine(Scheme.WHATSAPP, "intake.whatsapp", "WhatsAppSettings", "WhatsApp", receives=True),
    ChannelLine(Scheme.TELEGRAM, "intake.telegram", "TelegramSettings", "Telegram", receives=True),
)
CHATS = frozenset(line.scheme for line in CHANNELS if line.receives)
