"""Items of "Must hold" (facts: mail) end to end: Dovecot, the real service in its own process, a sink for its letters.

Items 2 and 1 have files of their own.
"""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from storage.postgres import EmbeddedPostgres
from tests.chaos.house import MORNING, RECEIVER, USER, House, Service, house, office_mail, sheet_of
from tests.fakes.mail_desk import mail as plain_mail
from tests.fakes.proxy import wire_to
from tests.fakes.trip import endless_mail
from tests.parsers import bombs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def made() -> Iterator[House]:
    with house() as one:
        yield one


def sheet_mail(made: House, unit: int, mark: str = "", **more: object) -> bytes:
    return office_mail(unit, ("presensi.csv", sheet_of(unit, made.people)), mark=mark, **more)  # type: ignore[arg-type]


def recorded(made: House) -> int:
    return made.count("SELECT count(*) FROM submission")


def waiting(made: House) -> int:
    return made.count("SELECT count(*) FROM outbox WHERE state = 'pending'")


def test_item_9_a_poison_mail_first_of_a_hundred_stops_nobody_and_alerts_once(
    made: House, capsys: pytest.CaptureFixture[str]
) -> None:
    made.server.deliver(USER, endless_mail(1_000_000))
    evening = MORNING + timedelta(hours=8, minutes=30)
    for number in range(99):
        unit, column = number % 75 + 1, ("DATANG", "PULANG")[number // 75]
        at = (MORNING, evening)[number // 75]
        file = ("presensi.csv", sheet_of(unit, made.people, column))
        made.server.deliver(USER, office_mail(unit, file, at=at, mark=str(number)))
    with made.serving() as service:
        took = service.until(lambda: recorded(made) == 99, 120)
        judged = service.until(lambda: made.settled(100), 120)
        service.until(lambda: bool(made.letters_to(RECEIVER)), 60)
        service.until(lambda: not waiting(made), 60)
        assert service.ready()
    states = made.rows("SELECT state, count(*) FROM message GROUP BY state ORDER BY state")
    assert states == [("done", 99), ("quarantine", 1)]
    assert len(made.letters_to(RECEIVER)) == 1
    assert len(made.sink.taken) == 100
    with capsys.disabled():
        print(f"\nitem 9: 99 recorded in {took:.1f} s, the poison set aside after {took + judged:.1f} s, one alert")


def robot_answer(letter: bytes, number: int) -> bytes:
    """What a thoughtless robot makes of ``letter``: no mark of a robot at all."""
    header = next(line for line in letter.decode().splitlines() if line.lower().startswith("message-id:"))
    answered = header.split(":", 1)[1].strip()
    return office_mail(1, mark=f"robot-{number}", headers=(("In-Reply-To", answered), ("References", answered)))


def bounce() -> bytes:
    made = EmailMessage()
    made["Return-Path"] = "<>"
    made["From"] = "MAILER-DAEMON@opd.test"
    made["Subject"] = "Undelivered Mail Returned to Sender"
    made["Message-ID"] = "<bounce@opd.test>"
    made["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
    made.set_payload("--b\r\nContent-Type: text/plain\r\n\r\nTidak terkirim.\r\n--b--\r\n")
    return made.as_bytes(policy=SMTP)


def test_item_11_two_robots_exchange_at_most_one_reply_and_a_bounce_gets_none(made: House) -> None:
    made.server.deliver(USER, sheet_mail(made, 1), bounce())
    answered = 0
    with made.serving() as service:
        for turn in range(1, 6):
            service.until(lambda turn=turn: made.settled(1 + turn) and not waiting(made), 60)  # type: ignore[misc]
            letters = made.letters_to("du001@opd.test")
            answered = len(letters)
            made.server.deliver(USER, robot_answer(letters[-1], turn))
        service.until(lambda: made.settled(7) and not waiting(made), 60)
    assert answered == 1
    assert len(made.sink.taken) == 1


def test_item_13_every_bomb_leaves_the_service_alive_small_and_with_an_answer_within_30_seconds(
    made: House, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = {
        "last_cell.xlsx": bombs.last_cell(),
        "ten_million.xlsx": bombs.ten_million_cells(),
        "long_string.xlsx": bombs.long_string(800),
        "laughing.xlsx": bombs.laughing_workbook(),
        "swelling.zip": bombs.swelling_zip(),
        "nested.zip": bombs.nested_zip(12, b"NO;NAMA\n"),
        "many.zip": bombs.many_entries(5000),
        "swelling.pdf": bombs.swelling_pdf(),
        "busy.pdf": bombs.busy_pdf(),
    }
    with made.serving() as service:
        for number, (name, content) in enumerate(hostile.items(), 1):
            made.server.deliver(USER, office_mail(number, (name, content), mark=name))
        made.server.deliver(USER, sheet_mail(made, 70))
        took = service.until(lambda: made.settled(len(hostile) + 1) and not waiting(made), 400, 0.5)
        assert service.ready()
    verdicts = made.rows("SELECT (reading->>'seconds')::float, reading FROM file_reading")
    slowest = max(float(str(row[0])) for row in verdicts)
    assert len(verdicts) == len(hostile) + 1
    assert slowest < 30
    assert made.rows("SELECT state, count(*) FROM message GROUP BY state") == [("done", len(hostile) + 1)]
    assert len(made.sink.taken) == len(hostile) + 1
    assert service.memory.peak - service.memory.start < 60
    assert service.memory.child <= 1.2 * 1024
    with capsys.disabled():
        print(f"\nitem 13: {len(hostile)} bombs in {took:.0f} s, slowest verdict {slowest:.1f} s; {service.memory}")


async def test_item_14_an_outage_of_the_way_out_keeps_the_outbox_while_intake_goes_on(
    made: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with wire_to(made.sink.port) as wire:
        settings = made.data / "posko.toml"
        settings.write_text(settings.read_text().replace(f"port = {made.sink.port}", f"port = {wire.port}"))
        wire.refuse = True
        first, second = range(1, 21), range(21, 41)

        def outage(service: Service) -> None:
            made.server.deliver(USER, *(sheet_mail(made, n) for n in first))
            service.until(lambda: recorded(made) == 20, 60)
            service.until(lambda: made.count("SELECT count(*) FROM outbox WHERE error <> ''") == 20, 60)
            made.server.deliver(USER, *(sheet_mail(made, n) for n in second))
            service.until(lambda: recorded(made) == 40, 60)

        with made.serving() as service:
            await asyncio.to_thread(outage, service)
            assert made.rows("SELECT DISTINCT state FROM outbox") == [("pending",)]
            assert made.sink.taken == []
            wire.refuse = False
            took = await asyncio.to_thread(service.until, lambda: len(made.sink.taken) == 40, 150)
            await asyncio.to_thread(service.until, lambda: not waiting(made), 30)
        assert len(made.sink.taken) == 40
    with capsys.disabled():
        print(f"\nitem 14: 40 sheets recorded in the outage; all 40 receipts {took:.0f} s after it, none twice")


def test_a_database_that_goes_away_for_a_while_costs_nothing_but_the_wait(
    made: House, capsys: pytest.CaptureFixture[str]
) -> None:
    server = EmbeddedPostgres(made.data)
    with made.serving() as service:
        made.server.deliver(USER, sheet_mail(made, 1))
        service.until(lambda: recorded(made) == 1, 60)
        server.stop()
        made.server.deliver(USER, sheet_mail(made, 2))
        away = time.monotonic() + 45  # long enough for every worker to have given up
        service.until(lambda: time.monotonic() > away, 60)
        assert not service.ready()
        server.start()
        made.server.deliver(USER, sheet_mail(made, 3))
        took = service.until(lambda: recorded(made) == 3 and not waiting(made), 120)
        assert service.ready()
    assert len(made.sink.taken) == 3
    with capsys.disabled():
        print(f"\ndatabase away for 45 s: all recorded and answered {took:.0f} s after it was back")


def test_item_7_a_live_mail_is_recorded_within_60_seconds_behind_a_backlog_of_ten_thousand(
    capsys: pytest.CaptureFixture[str],
) -> None:
    body = ("y" * 76 + "\r\n") * 60  # about 5 kB
    with house(MORNING - timedelta(minutes=1)) as made:
        made.server.fill(USER, (plain_mail(str(n), body) for n in range(10_000)))
        assert made.server.count(USER) == 10_000
        with made.serving() as service:
            service.until(lambda: made.count("SELECT count(*) FROM message") > 500, 60)
            kept_before = made.count("SELECT count(*) FROM message")
            made.server.deliver(USER, sheet_mail(made, 1))
            began = time.monotonic()
            service.until(lambda: recorded(made) == 1, 60, 0.1)
            waited = time.monotonic() - began
            kept = made.count("SELECT count(*) FROM message")
            service.until(lambda: made.count("SELECT count(*) FROM message") == 10_001, 300, 0.5)
            grown = service.memory.peak - service.memory.start
        assert made.rows("SELECT timeliness FROM submission") == [("on_time",)]
        assert waited < 60
        assert kept < 10_001, "the live mail came before the backlog was through"
        assert grown < 150
    with capsys.disabled():
        print(
            f"\nitem 7: behind {kept_before} kept of 10,000 the live mail was recorded after {waited:.1f} s; "
            f"{grown:.0f} MB more at most; {service.memory}"
        )
