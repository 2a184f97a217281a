"""uvicorn inside the service's own event loop: no signal handlers, no logging set-up, no exit on a taken port."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from domain.errors import PoskoError


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the service, which stops all its parts in order."""
        yield


class WebServer:
    """Serves ``app`` on ``host:port`` (port 0: any free one; ``port`` tells which after ``open``)."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._socket: socket.socket | None = None
        self._ended = asyncio.Event()
        self._ended.set()
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                proxy_headers=False,  # desk.access wants the true peer
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )

    def open(self) -> None:
        """Take the port now; raises ``PoskoError`` when it is in use or not ours to take."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.port))
            listener.listen(2048)  # from here on early visitors wait instead of being refused
        except OSError as error:
            listener.close()
            raise PoskoError(
                f"alamat web {self.host}:{self.port} tidak dapat dipakai ({error.strerror}): "
                "hentikan program yang memakainya atau ubah POSKO_PORT"
            ) from None
        self.port = listener.getsockname()[1]
        self._socket = listener

    async def serve(self) -> None:
        """Answer until ``stop``; opens the port first when ``open`` was not called. Cancelling stops it as well."""
        if self._socket is None:
            self.open()
        assert self._socket is not None
        self._ended.clear()
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self._socket.close()
            self._ended.set()

    async def stop(self) -> None:
        """Let running answers end (at most 5 s); returns when ``serve`` has closed the port."""
        self._server.should_exit = True
        await self._ended.wait()
