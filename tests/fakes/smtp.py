"""A mail server that takes everything, or answers as it is told; on a loop and thread of its own (aiosmtpd)."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass(frozen=True)
class Taken:
    """One accepted mail."""

    sender: str
    to: tuple[str, ...]
    data: bytes
    at: float = field(default_factory=time.monotonic)  # one clock for all processes of a machine


@dataclass
class SmtpSink:
    """``answers``: what the next RCPT or DATA commands are answered instead of 250 (first in, first out)."""

    host: str = "127.0.0.1"
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    rcpt_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    stalling: bool = False  # DATA is taken but never answered
    arrived: threading.Condition = field(default_factory=threading.Condition)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]) -> str:
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        if self.stalling:
            await asyncio.Event().wait()
        with self.arrived:
            self.taken.append(
                Taken((envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos), bytes(envelope.content))
            )
            self.arrived.notify_all()
        return "250 OK queued"


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == b"rahasia"
    return AuthResult(success=good, handled=False)


@contextmanager
def run_smtp(*, auth: bool = False, **options: Any) -> Iterator[SmtpSink]:
    """Start a sink on a free port. ``auth``: it offers a login, with the password ``rahasia``.

    ``options`` go to aiosmtpd's ``SMTP``.
    """
    sink = SmtpSink()
    if auth:
        options |= {"authenticator": _authenticate, "auth_require_tls": False}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="smtp-sink", daemon=True)
    thread.start()

    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(sink, hostname="mx.bkd.test", loop=loop, **options))
        return sessions[-1]

    async def listen() -> asyncio.Server:
        return await loop.create_server(session, sink.host, 0)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_shut(server, sessions), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _shut(server: asyncio.Server, sessions: list[SMTP]) -> None:
    """Close every socket, also that of a client who had only just connected: asyncio itself would lose that one."""
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())  # nobody else is let in
    for _ in range(3):  # turns of the loop until who was let in has a session with its transport
        await asyncio.sleep(0)
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for session in sessions:
        if session.transport is not None:
            session.transport.abort()
    await asyncio.sleep(0)  # lets the closed transports go
