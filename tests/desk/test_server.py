"""uvicorn inside the service's loop, over a real socket."""

import asyncio
import signal
import socket

import httpx
import pytest
from fastapi import FastAPI

from desk.server import WebServer
from domain.errors import PoskoError


def _app() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def root() -> str:
        return "ada"

    return app


async def test_it_serves_until_it_is_stopped_and_leaves_signals_alone() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    server = WebServer(_app(), "127.0.0.1", 0)
    server.open()
    running = asyncio.create_task(server.serve())
    async with httpx.AsyncClient(trust_env=False) as web:
        answer = await web.get(f"http://127.0.0.1:{server.port}/")
        assert answer.json() == "ada"
        assert "server" not in answer.headers
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    await server.stop()
    await asyncio.wait_for(running, 5)
    async with httpx.AsyncClient(trust_env=False) as web:
        with pytest.raises(httpx.ConnectError):
            await web.get(f"http://127.0.0.1:{server.port}/")


def test_a_taken_port_is_an_error_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = WebServer(_app(), "127.0.0.1", taken.getsockname()[1])
        with pytest.raises(PoskoError, match="ubah POSKO_PORT"):
            server.open()


async def test_stopping_what_never_started_returns_at_once() -> None:
    await asyncio.wait_for(WebServer(_app(), "127.0.0.1", 0).stop(), 1)
