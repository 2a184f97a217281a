"""The parts of the service together, in this process: start, work, stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.bootstrap import Installation, open_installation
from bot.clock import SystemClock
from bot.service import Service
from bot.settings_file import write_default, write_secret
from domain.errors import PoskoError
from intake.upload import Upload, take_in
from storage.engine import Database
from storage.records import MessageState, OutboxState
from tests.fakes.desk_world import ALWAYS, ROSTER
from tests.fakes.dovecot import free_port
from tests.fakes.rows import new_message, new_outbox
from tests.fakes.smtp import run_smtp
from tests.fakes.trip import DISHUB, workbook

FROM = "presensi@bkd.test"
Blocks = dict[str, str | int | bool]


@asynccontextmanager
async def installation(
    folder: Path, smtp_port: int | None = None, imap_port: int | None = None
) -> AsyncIterator[Installation]:
    local: Blocks = {"host": "127.0.0.1", "tls": "none", "password_file": "secret"}
    boxes = [{**local, "name": "utama", "address": FROM, "port": imap_port}] if imap_port else []
    smtp = {**local, "port": smtp_port, "from_address": FROM} if smtp_port else None
    write_default(folder, "tulungagung", port=0, mailboxes=boxes, smtp=smtp)
    write_secret(folder / "secret", "rahasia")
    async with open_installation(folder) as place:
        async with place.db.begin() as uow:
            await uow.roster.replace(ROSTER, "test", place.clock.now())
            await uow.periods.add(ALWAYS)
        yield place


@pytest.fixture(autouse=True)
def _its_own_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "DATABASE_URL_FILE", "PORT", "PUBLIC_URL", "CLOCK", "PG_USER"):
        monkeypatch.delenv(f"POSKO_{name}", raising=False)
    monkeypatch.setenv("POSKO_DATABASE_URL", database_url)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - another task or process makes it hold
            await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(service: Service, work: bool = False) -> AsyncIterator[None]:
    running = asyncio.create_task(service.work() if work else service.serve())
    try:
        yield
    finally:
        service.stop()
        async with asyncio.timeout(30):
            await running


async def done(place: Installation, message_id: int) -> bool:
    async with place.db.begin() as uow:
        return (await uow.messages.get(message_id)).state is MessageState.DONE


async def web(place: Installation, path: str) -> httpx.Response:
    port = int((place.settings.data / "web.port").read_text())
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{port}{path}")


async def is_up(place: Installation) -> bool:
    try:
        return (await web(place, "/healthz")).status_code == 200
    except (httpx.TransportError, FileNotFoundError):
        return False


async def test_it_serves_without_any_mailbox_is_ready_and_stops_with_nothing_left(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with installation(tmp_path) as place:
        async with serving(Service(place)):
            await until(lambda: is_up(place))

            async def ready() -> bool:
                return (await web(place, "/readyz")).status_code == 200

            await until(ready)
            assert (await web(place, "/api/v1/status")).status_code == 401
            assert "posko" in (await web(place, "/metrics")).text
        assert not await is_up(place)
    assert asyncio.all_tasks() == before


async def test_a_mailbox_that_was_never_searched_makes_it_not_ready_and_says_why(tmp_path: Path) -> None:
    async with installation(tmp_path, imap_port=free_port()) as place, serving(Service(place)):
        await until(lambda: is_up(place))
        answer = await web(place, "/readyz")
        assert answer.status_code == 503
        assert "kotak surel utama belum pernah diperiksa" in answer.text


async def test_what_an_earlier_process_left_is_read_and_answered(tmp_path: Path, database_url: str) -> None:
    with run_smtp(auth=True, auth_require_tls=False) as sink:
        async with installation(tmp_path, smtp_port=sink.port) as place:
            upload = Upload("presensi.xlsx", workbook(), None, DISHUB)
            message_id = await take_in(place.db, place.blobs, upload, place.clock, ())
            earlier = await Database.open(database_url)
            async with earlier.begin() as uow:
                now = SystemClock().now()
                assert await uow.messages.claim(message_id, now, timedelta(minutes=5))
            await earlier.close()
            async with serving(Service(place)):
                await until(lambda: done(place, message_id))

                async def answered() -> bool:
                    return bool(sink.taken)

                await until(answered)
        (letter,) = sink.taken
    assert letter.to == (DISHUB,)
    assert b"Auto-Submitted: auto-" in letter.data


TWILIO = """
[whatsapp]
account_sid = "AC00000000000000000000000000000000"
auth_token_file = "secret"
number = "+6281100000001"
api = "http://127.0.0.1:9"
"""


@pytest.mark.parametrize("apart", [True, False])
async def test_webhooks_have_the_port_that_was_asked_for_and_the_desk_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    write_default(tmp_path, "tulungagung", port=0)
    write_secret(tmp_path / "secret", "rahasia")
    with (tmp_path / "posko.toml").open("a", encoding="utf-8") as settings:
        settings.write(TWILIO)
    if apart:
        monkeypatch.setenv("POSKO_WEBHOOK_PORT", str(free_port()))
    async with open_installation(tmp_path) as place, serving(Service(place)):
        await until(lambda: is_up(place))
        desk = f"http://127.0.0.1:{int((tmp_path / 'web.port').read_text())}"
        hooks = f"http://127.0.0.1:{place.settings.webhook_port}" if apart else desk
        async with httpx.AsyncClient(trust_env=False) as client:
            unsigned = [(await client.post(f"{at}/webhooks/whatsapp", data={"Body": "x"})) for at in (hooks, desk)]
            assert [answer.status_code for answer in unsigned] == [403, 404 if apart else 403]
            assert (await client.post(f"{hooks}/webhooks/whatsapp/status")).status_code == 403
            assert "Tautan" in (await client.get(f"{hooks}/berkas/palsu.x/rekap.pdf")).text
            assert ("Tautan" in (await client.get(f"{desk}/berkas/palsu.x/rekap.pdf")).text) is not apart
            pages = ("/", "/masuk", "/periksa", "/api/v1/status", "/api/v1/units", "/metrics", "/readyz")
            for page in pages if apart else ():
                assert (await client.get(f"{hooks}{page}")).status_code == 404, page
                assert (await client.get(f"{desk}{page}")).status_code != 404, page
            assert (await client.get(f"{hooks}/healthz")).status_code == 200


async def test_a_worker_beside_it_takes_only_its_own_queues(tmp_path: Path) -> None:
    async with installation(tmp_path) as place:
        async with place.db.begin() as uow:
            message_id = await uow.messages.add(new_message())
            await uow.defer("read_message", "read", message_id=message_id)
            letter = await uow.outbox.put(new_outbox("letter"))
            await uow.defer("deliver", "send", outbox_id=letter)
        assert message_id is not None
        assert letter is not None

        async def given_up() -> bool:
            async with place.db.begin() as uow:
                return (await uow.outbox.get(letter)).state is OutboxState.FAILED

        async with serving(Service(place, ["send"]), work=True):
            await until(given_up)
        async with place.db.begin() as uow:
            assert (await uow.messages.get(message_id)).attempts == 0


async def test_a_taken_port_ends_it_with_a_sentence(tmp_path: Path) -> None:
    async with installation(tmp_path) as place, serving(Service(place)):
        await until(lambda: is_up(place))
        taken = place.settings.service.model_copy(update={"port": int((place.settings.data / "web.port").read_text())})
        second = Installation(
            place.settings.model_copy(update={"service": taken}),
            place.profile, place.clock, place.db, place.blobs, place.urls,
        )  # fmt: skip
        with pytest.raises(PoskoError, match="POSKO_PORT"):
            await Service(second).serve()
