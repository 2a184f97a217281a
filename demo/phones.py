"""The officers' telephones: a Twilio for WhatsApp and a Bot API for Telegram, on loopback: nobody needs an account."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from demo.chat.telegram import FakeTelegram
from demo.chat.twilio import FakeTwilio
from demo.chat.twilio_data import new_sid
from demo.offices import PHONES, TELEGRAMS

_TEMPLATES = {
    "pengingat": "Yth. {{1}}. Hingga pukul {{2}} presensi {{3}} hari {{4}} belum kami terima; batas {{5}}. Salam.",
    "kabar": "Posko Presensi menyampaikan: {{1}}. Mohon balas LIHAT. Terima kasih.",
}


def way_of(code: str) -> str:
    """What the office's officer writes with, as people call it."""
    return "Telegram" if code in TELEGRAMS else "WhatsApp"


class Phones:
    """A context manager. ``now`` is the playing clock, ``desk`` the service's address."""

    def __init__(self, now: Callable[[], datetime], desk: str) -> None:
        self._ids = {name: new_sid("HX") for name in _TEMPLATES}
        texts = {self._ids[name]: text for name, text in _TEMPLATES.items()}
        self._twilio = FakeTwilio(webhook=f"{desk}/webhooks/whatsapp", now=now, templates=texts)
        self._telegram = FakeTelegram(now)
        self._open = ExitStack()
        self.secrets = {"twilio": self._twilio.token, "telegram": self._telegram.token}

    def __enter__(self) -> Self:
        self._open.enter_context(self._twilio)
        self._open.enter_context(self._telegram)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def settings(self) -> str:
        """The blocks of ``posko.toml``."""
        names = "\n".join(f'{name} = "{sid}"' for name, sid in self._ids.items())
        return f"""
[whatsapp]
account_sid = "{self._twilio.account}"
auth_token_file = "secrets/twilio"
number = "+{self._twilio.number}"
poll_seconds = 10
api = "{self._twilio.api}"
[whatsapp.templates]
{names}
[telegram]
token_file = "secrets/telegram"
api = "{self._telegram.api}"
"""

    def write(self, code: str, words: str, photos: Sequence[bytes] = ()) -> int:
        """The office's officer writes; returns how many messages the desk had sent there before."""
        before = len(self.heard(code))
        if code in TELEGRAMS:
            for number, photo in enumerate(photos, 1):
                # As a file: a photo that Telegram shrinks is read less well.
                self._telegram.send_document(TELEGRAMS[code], f"lembar-{number}.jpg", "image/jpeg", photo, words)
            if not photos:
                self._telegram.write(TELEGRAMS[code], words)
            return before
        files = [("image/jpeg", photo) for photo in photos]
        message = self._twilio.write(PHONES[code], words, *files, deliver=False)
        # A desk that is slow to answer must not hold up the play; one that misses it asks Twilio later.
        self._twilio.later(lambda: self._twilio.deliver(message))
        return before

    def heard(self, code: str, since: int = 0) -> tuple[str, ...]:
        """What the desk wrote to the office, oldest first."""
        if code in TELEGRAMS:
            told = [message.text for message in self._telegram.sent if message.chat == TELEGRAMS[code]]
        else:
            told = [message.body for message in self._twilio.sent(PHONES[code])]
        return tuple(told)[since:]
