"""The officers' telephones: WhatsApp by a Twilio on loopback, so that nobody needs an account to see it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from demo.chat.twilio import FakeTwilio
from demo.chat.twilio_data import new_sid
from demo.offices import PHONES

_TEMPLATES = {
    "pengingat": "Yth. {{1}}. Hingga pukul {{2}} presensi {{3}} hari {{4}} belum kami terima; batas {{5}}. Salam.",
    "kabar": "Posko Presensi menyampaikan: {{1}}. Mohon balas LIHAT. Terima kasih.",
}


class Phones:
    """A context manager. ``now`` is the playing clock, ``desk`` the service's address."""

    def __init__(self, now: Callable[[], datetime], desk: str) -> None:
        self._ids = {name: new_sid("HX") for name in _TEMPLATES}
        texts = {self._ids[name]: text for name, text in _TEMPLATES.items()}
        self._twilio = FakeTwilio(webhook=f"{desk}/webhooks/whatsapp", now=now, templates=texts)
        self.token = self._twilio.token

    def __enter__(self) -> Self:
        self._twilio.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._twilio.__exit__(kind, error, trace)

    @property
    def settings(self) -> str:
        """The block of ``posko.toml``."""
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
"""

    def write(self, code: str, words: str, photos: Sequence[bytes] = ()) -> int:
        """The office's officer writes; returns how many messages the desk had sent there before."""
        before = len(self.heard(code))
        files = [("image/jpeg", photo) for photo in photos]
        message = self._twilio.write(PHONES[code], words, *files, deliver=False)
        # A desk that is slow to answer must not hold up the play; one that misses it asks Twilio later.
        self._twilio.later(lambda: self._twilio.deliver(message))
        return before

    def heard(self, code: str, since: int = 0) -> tuple[str, ...]:
        """What the desk wrote to the office, oldest first."""
        return tuple(message.body for message in self._twilio.sent(PHONES[code]))[since:]
