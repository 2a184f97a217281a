"""Probes, metrics, status API and front page, through the in-process transport."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from desk.app import create_app
from desk.metrics import Metrics
from domain.errors import DatabaseUnavailable

TOKEN = "tanda-masuk-uji"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class FakeState:
    metrics: Metrics = field(default_factory=Metrics)
    status_token: str = TOKEN
    demo_clock: str | None = None
    reasons: list[str] = field(default_factory=list)
    database_up: bool = True

    async def ready(self) -> list[str]:
        return self.reasons

    async def status(self) -> dict[str, object]:
        return {"masuk": 3}

    async def collect(self) -> None:
        if not self.database_up:
            raise DatabaseUnavailable("basis data tidak menjawab")
        self.metrics.set_queues(outbox=2, unread=1, quarantine=0, incidents=0)


def client(state: FakeState, peer: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(state), client=(peer, 40000))
    return httpx.AsyncClient(transport=transport, base_url="http://posko")


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    async with client(FakeState()) as opened:
        yield opened


async def test_healthz_answers_while_the_loop_lives(web: httpx.AsyncClient) -> None:
    answer = await web.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "hidup\n")


async def test_readyz_says_why_not() -> None:
    state = FakeState()
    async with client(state) as web:
        assert (await web.get("/readyz")).json() == {"ready": True, "reasons": []}
        state.reasons.append("kotak surel bkd1 belum dibaca 75 detik")
        answer = await web.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["kotak surel bkd1 belum dibaca 75 detik"]


async def test_the_status_api_opens_only_to_the_token(web: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer salah"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": ""}):
        answer = await web.get("/api/v1/status", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "masuk" not in answer.text
    assert (await web.get("/api/v1/status", headers=BEARER)).json() == {"masuk": 3}


async def test_an_unprintable_token_is_refused_not_raised(web: httpx.AsyncClient) -> None:
    answer = await web.get("/api/v1/status", headers={b"Authorization": b"Bearer \xff\xfe"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 401),
        ("192.0.2.7", BEARER, 200),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 401),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"} | BEARER, 200),
        ("testclient", {}, 401),
    ],
)
async def test_metrics_are_for_this_machine_or_the_token(peer: str, headers: dict[str, str], status: int) -> None:
    async with client(FakeState(), peer) as web:
        assert (await web.get("/metrics", headers=headers)).status_code == status


async def test_metrics_show_what_was_counted_and_fresh_queues() -> None:
    state = FakeState()
    state.metrics.messages_received("mail", "bkd1", 1)
    state.metrics.submission_recorded("datang", "on_time")
    state.metrics.file_read("workbook/1", 0.3)
    state.metrics.outbox_result("mail", "sent")
    state.metrics.receipt_sent(4.2)
    state.metrics.set_search_age("bkd1", 7)
    async with client(state) as web:
        answer = await web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for line in (
        'posko_messages_total{account="bkd1",channel="mail"} 1.0',
        'posko_submissions_total{session="datang",timeliness="on_time"} 1.0',
        'posko_outbox_results_total{channel="mail",result="sent"} 1.0',
        'posko_read_seconds_count{reader="workbook/1"} 1.0',
        "posko_receipt_seconds_sum 4.2",
        "posko_outbox_pending 2.0",
        "posko_messages_unread 1.0",
        'posko_mailbox_search_age_seconds{account="bkd1"} 7.0',
    ):
        assert line in answer.text.splitlines()


async def test_metrics_say_when_they_cannot_be_fresh() -> None:
    async with client(FakeState(database_up=False)) as web:
        answer = await web.get("/metrics")
    assert (answer.status_code, answer.text) == (503, "basis data tidak menjawab\n")


async def test_two_services_count_apart() -> None:
    first, second = Metrics(), Metrics()
    first.messages_received("mail", "bkd1", 1)
    assert b"bkd1" in first.text()
    assert b"bkd1" not in second.text()


async def test_every_answer_carries_the_security_headers(web: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz", "/metrics", "/api/v1/status", "/tidak-ada"):
        headers = (await web.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "x-posko-demo-clock" not in headers


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_no_interface_description_is_public(web: httpx.AsyncClient, path: str) -> None:
    assert (await web.get(path)).status_code == 404


async def test_the_front_page_is_indonesian_and_quiet_about_a_real_clock(web: httpx.AsyncClient) -> None:
    page = (await web.get("/")).text
    assert '<html lang="id">' in page
    assert "presensi manual" in page
    assert "PERAGAAN" not in page


async def test_a_shifted_clock_is_shown_loudly_and_escaped() -> None:
    async with client(FakeState(demo_clock="2026-11-24 <x50>")) as web:
        answer = await web.get("/")
    assert "INSTALASI PERAGAAN" in answer.text
    assert "2026-11-24 &lt;x50&gt;" in answer.text
    assert answer.headers["x-posko-demo-clock"] == "2026-11-24 <x50>"
