"""From delivery to receipt: 360 mails to the real service, half of them in the last two minutes of a window."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from email.parser import BytesHeaderParser
from time import monotonic, sleep
from zoneinfo import ZoneInfo

from benchmarks import stage
from benchmarks.mails import DAY, Office, mail_of, message_id, offices, roster_file
from benchmarks.report import Result, figure, spread
from bot.clock import ShiftedClock
from tests.fakes.dovecot import Dovecot, run_dovecot
from tests.fakes.smtp import SmtpSink, Taken, run_smtp

COUNT = 360
PEOPLE = 30
START = time(7, 26)
LAST_MINUTES = time(7, 28)  # the window closes at 07.30 (TLG-02)
LAST_SECONDS = 120.0
PATIENCE = 180.0
AIM = 15.0


def main() -> Result:
    """The figures."""
    known = offices(COUNT, PEOPLE)
    with run_dovecot() as dovecot, run_smtp(auth=True) as sink, stage.installation(roster_file(known)) as service:
        clock = stage.morning(service, START, dovecot.port, sink.port)
        stage.start(service)
        with _receipts(sink) as received:
            first = _deliver(dovecot, known[: COUNT // 2], clock, [0.0] * (COUNT // 2), clock.now())
            _wait(received, first)
            dice = random.Random("jendela")
            moments = sorted(dice.uniform(0, LAST_SECONDS) for _ in range(COUNT // 2))
            last = _deliver(dovecot, known[COUNT // 2 :], clock, moments, clock.now() + _until_last(clock))
            _wait(received, last)
            at_once = spread([received[id_] - at for id_, at in first.items()])
            at_last = spread([received[id_] - at for id_, at in last.items()])
        answers = [letter for letter in sink.taken if _answered(letter)]
    return {
        "title": f"Receipts: {COUNT} mails with a sheet of {PEOPLE} people each, from delivery to the SMTP server",
        "figures": [
            figure("half in the last two minutes, p50", at_last[0], "s"),
            figure("half in the last two minutes, p99", at_last[1], "s", f"≤{AIM:g} s", met=at_last[1] <= AIM),
            figure("half at once before, p50", at_once[0], "s"),
            figure("half at once before, p99", at_once[1], "s"),
            figure("answers beyond one a mail", len(answers) - COUNT, "", "0", met=len(answers) == COUNT),
            figure("other letters meanwhile (reminders)", len(sink.taken) - len(answers)),
        ],
    }


def _until_last(clock: ShiftedClock) -> timedelta:
    """How long until the last two minutes of the window; nothing when they have begun."""
    opens = datetime.combine(DAY, LAST_MINUTES, ZoneInfo("Asia/Jakarta"))
    return max(timedelta(), opens - clock.now())


def _deliver(
    dovecot: Dovecot, known: Sequence[Office], clock: ShiftedClock, moments: Sequence[float], start: datetime
) -> dict[str, float]:
    """Deliver each office's mail at its moment (seconds from ``start``); Message-ID → when the server had it."""
    delivered = {}
    # The sheets are drawn beforehand: that costs more than delivering them.
    mails = [mail_of(office, start) for office in known]
    began = monotonic() + max(0.0, (start - clock.now()).total_seconds())
    for number, (office, mail, moment) in enumerate(zip(known, mails, moments, strict=True)):
        sleep(max(0.0, began + moment - monotonic()))
        dovecot.deliver(stage.USERS[number % len(stage.USERS)], mail)
        delivered[message_id(office)] = monotonic()
    return delivered


@contextmanager
def _receipts(sink: SmtpSink) -> Iterator[dict[str, float]]:
    """Message-ID of the answered mail → when its first answer was taken, kept up to date while the block runs."""
    received: dict[str, float] = {}
    ended = threading.Event()

    def watch() -> None:
        seen = 0
        while not ended.is_set():
            with sink.arrived:
                if len(sink.taken) == seen:
                    sink.arrived.wait(timeout=0.5)
            now, new = monotonic(), sink.taken[seen:]
            seen += len(new)
            for letter in new:
                received.setdefault(_answered(letter), now)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        ended.set()
        thread.join()


def _answered(letter: Taken) -> str:
    """The Message-ID that a letter answers; empty for one that answers none."""
    return str(BytesHeaderParser().parsebytes(letter.data).get("In-Reply-To", "")).strip()


def _wait(received: dict[str, float], sent: dict[str, float]) -> None:
    end = monotonic() + PATIENCE
    while missing := sent.keys() - received.keys():
        if monotonic() > end:
            raise TimeoutError(f"{len(missing)} receipts missing, one of them for {min(missing)}")
        sleep(0.1)
