"""Chats: 1,000 webhooks in ten seconds to the real service, and 1,000 letters out at the provider's rate."""

import asyncio
import os
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from benchmarks.report import Result, figure, spread
from bot.clock import ShiftedClock, parse_shift
from demo.chat.twilio import FakeTwilio
from demo.chat.twilio_data import Message, signature
from domain.terms import Scheme
from storage.engine import Database
from storage.jobs import DELIVER
from storage.postgres import SERVICE_ROLE, EmbeddedPostgres
from storage.records import NewOutbox
from tests.chaos.chat_house import ChatHouse, chat_house, phone
from tests.chaos.house import UNITS
from tests.fakes.chat_desk import photo

COUNT = 1000
SECONDS = 10.0
AIM_MS = 200.0
OUT_SECONDS = 120.0


def main() -> Result:
    """The figures."""
    with chat_house() as house:
        house.start("serve")
        house.wait_until(house.answers, 90)
        messages = [_write(house.twilio, number) for number in range(COUNT)]
        before = _processor_seconds(house.lives[0].pid)
        waits, statuses = asyncio.run(_post_all(house, messages))
        busy, load = _processor_seconds(house.lives[0].pid) - before, os.getloadavg()[0]
        archived = house.count("SELECT count(*) FROM message WHERE channel = 'whatsapp'")
        originals = house.count("SELECT count(DISTINCT sha256) FROM message WHERE channel = 'whatsapp'")
        _quiet(house)
        took, sent = asyncio.run(_send_all(house))
    half, p99 = (1000 * seconds for seconds in spread(waits))
    times = Counter(sent)
    return {
        "title": f"Chats: {COUNT} webhooks in {SECONDS:g} s (photos), then {COUNT} letters out at 80 a second",
        "figures": [
            figure("webhooks answered 200", statuses[200], "", f"{COUNT}", met=statuses[200] == COUNT),
            figure("webhook answered, p50", half, "ms"),
            figure("webhook answered, p99", p99, "ms", f"≤{AIM_MS:g} ms", met=p99 <= AIM_MS),
            figure("processor time of the service a request", 1000 * busy / COUNT, "ms"),
            figure("load average meanwhile", load, f"of {os.cpu_count()} processors"),
            figure("messages archived", archived, "", f"{COUNT}", met=archived == COUNT and originals == COUNT),
            figure("letters taken by the provider", len(times), "", f"{COUNT}", met=len(times) == COUNT),
            figure("letters taken twice", len(sent) - len(times), "", "0", met=len(sent) == len(times)),
            figure("letters a second (the provider allows 80)", len(sent) / took, "/s"),
        ],
    }


def _processor_seconds(pid: int) -> float:
    """Of the service itself, all its threads; neither the database nor reading children."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _write(twilio: FakeTwilio, number: int) -> Message:
    media = ("image/jpeg", photo(number))
    return twilio.write(phone(number % UNITS + 1), "", media, deliver=False)


async def _post_all(house: ChatHouse, messages: list[Message]) -> tuple[list[float], Counter[int]]:
    """Each at its moment, signed beforehand; how long each answer took, and which statuses came."""
    url, twilio = house.twilio.webhook, house.twilio
    ready = [(twilio.fields(m), m) for m in messages]
    signed = [(urlencode(fields), signature(twilio.token, url, fields)) for fields, _ in ready]
    waits: list[float] = []
    statuses: Counter[int] = Counter()
    # A light client: the provider is another machine, and its cost must not be taken for the desk's.
    connector = aiohttp.TCPConnector(limit=200)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as client:
        began = time.monotonic()

        async def post(number: int, body: str, sign: str) -> None:
            await asyncio.sleep(max(0.0, began + number * SECONDS / COUNT - time.monotonic()))
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": sign}
            at = time.monotonic()
            try:
                async with client.post(url, data=body, headers=headers) as answer:
                    status = answer.status
            except aiohttp.ClientError:
                status = 0  # no answer at all
            waits.append(time.monotonic() - at)
            statuses[status] += 1

        await asyncio.gather(*(post(n, *one) for n, one in enumerate(signed)))
    return waits, statuses


def _quiet(house: ChatHouse) -> None:
    """What came in is put aside, so that the way out is measured alone."""
    house.stop()
    house.rows("UPDATE message SET state = 'done' RETURNING id")
    house.rows("UPDATE outbox SET state = 'expired' WHERE state = 'pending' RETURNING id")
    house.rows("DELETE FROM procrastinate_jobs RETURNING id")


async def _send_all(house: ChatHouse) -> tuple[float, list[str]]:
    """Seconds from the first to the last taken letter, and the texts that Twilio took."""
    url = EmbeddedPostgres(house.data).superuser_url("posko").replace("//postgres@", f"//{SERVICE_ROLE}@")
    clock = ShiftedClock(parse_shift(house.clock))
    db = await Database.open(url)
    letters = [
        NewOutbox(
            f"bench:{n}", Scheme.WHATSAPP, phone(n % UNITS + 1), "receipt", "", f"Surat {n}", clock.now(),
            clock.now() + timedelta(hours=1),
        )
        for n in range(COUNT)
    ]  # fmt: skip
    async with db.begin() as uow:
        ids = await uow.outbox.put_many(letters)
        await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: id_} for id_ in ids])
    await db.close()
    house.twilio.callbacks = ()
    before = len(house.twilio.sent())
    house.lives.clear()
    house.start("serve")
    first, end = 0.0, time.monotonic() + OUT_SECONDS
    while time.monotonic() < end:
        taken = len(house.twilio.sent()) - before
        first = first or (time.monotonic() if taken else 0.0)
        if taken >= COUNT:
            break
        await asyncio.sleep(0.1)
    return time.monotonic() - first, [m.body for m in house.twilio.sent()[before:]]
