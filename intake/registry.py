"""The one list of channels: a new one is one file, one line here, one settings block, one test file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.ports import Clock
from domain.terms import Scheme
from intake.channel import Channel
from intake.mail_send import MailSender, SmtpSettings

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class ChannelLine(Generic[S]):
    """One channel: its scheme, the type of its settings, and how it is opened."""

    scheme: Scheme
    settings: type[S]
    open: Callable[[S, Clock], Channel]


CHANNELS = (ChannelLine(Scheme.MAIL, SmtpSettings, MailSender),)
