"""One summary of what could not be delivered, for the receivers, at each close (issue: delivery)."""

from datetime import datetime, timedelta

from domain.masking import CHANNEL_NAMES, masked
from domain.ports import Clock
from domain.profile import Profile
from domain.terms import Pattern, Scheme
from domain.windows import windows_on
from domain.wording import clock_time
from intake.bounces import UNMATCHED
from intake.letters import Outgoing
from storage.engine import Database
from storage.records import OutboxRow
from templates import DESK_NAME, render

SECONDS = 30
_AFTER = timedelta(minutes=2)  # callbacks of the last letters come within seconds
_TELLING = timedelta(minutes=30)  # a service that starts later tells at the next close
_SHOWN = 30


class DeliveryNews:
    """Sweeps; any number of processes: the key of a close makes its summary one."""

    def __init__(self, db: Database, clock: Clock, profile: Profile, outgoing: Outgoing) -> None:
        self._db = db
        self._clock = clock
        self._profile = profile
        self._outgoing = outgoing

    async def sweep(self) -> int:
        """Write the summary of the last close if it is due and something failed; returns how many letters failed."""
        now = self._clock.now()
        closes = closes_before(self._profile, now - _AFTER)
        if len(closes) < 2 or now > closes[-1] + _AFTER + _TELLING:
            return 0
        async with self._db.begin() as uow:
            failed = await uow.delivery.failed_between(closes[-2] + _AFTER, closes[-1] + _AFTER)
            failed = [row for row in failed if row.kind not in ("alert", "delivery_failures")]
            strange = await uow.delivery.unmatched_between(
                Scheme.MAIL, UNMATCHED, closes[-2] + _AFTER, closes[-1] + _AFTER
            )
            if not failed and not strange:
                return 0
            close = closes[-1].astimezone(self._profile.tz)
            body = render(
                "delivery_failures",
                close=clock_time(close, self._profile),
                count=len(failed),
                lines=[_line(row) for row in failed[:_SHOWN]],
                more=max(0, len(failed) - _SHOWN),
                strange=[one.removeprefix("message:") for one in strange[:_SHOWN]],
                sender_name=DESK_NAME,
            )
            key = f"delivery_failures:{close:%Y%m%d-%H%M}"
            subject = f"{len(failed)} pesan tidak terkirim" if failed else "Surel kembali yang tidak dikenali"
            await self._outgoing.alert(uow, key, subject, body, now)
        return len(failed)


def closes_before(profile: Profile, moment: datetime) -> list[datetime]:
    """The closes of the last days up to ``moment``, oldest first, each once."""
    day = moment.astimezone(profile.tz).date()
    found = {
        window.late_from
        for back in range(8)
        for pattern in Pattern
        for window in windows_on(profile, day - timedelta(days=back), pattern)
    }
    return sorted(close for close in found if close <= moment)


def _line(row: OutboxRow) -> str:
    """What and where, without the whole address of a chat; ``KINDS`` says what in plain words."""
    to = row.to_address if "@" in row.to_address else masked(row.to_address)
    code = f" (kode {row.error_code})" if row.error_code else ""
    return f"{KINDS.get(row.kind, row.kind)} melalui {CHANNEL_NAMES[row.scheme]} ke {to}{code}"


KINDS = {
    "receipt": "Tanda terima",
    "reminder": "Pengingat",
    "escalation": "Pemberitahuan kepada atasan",
    "answer": "Jawaban",
    "unknown": "Jawaban kepada alamat belum terdaftar",
    "missing_list": "Daftar yang belum mengirim",
    "window_summary": "Ringkasan",
    "fallback": "Pengumuman masa presensi manual",
    "excuse_decided": "Putusan keterangan",
    "wrong_route": "Pemberitahuan salah jalur",
}
