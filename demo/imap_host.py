"""The post office's IMAP side: pymap's in-memory backend, with three habits of real servers added.

SEARCH looks at the mailbox itself (pymap's looks at what the client was last told), a line of a response leaves in
one piece (imapclient reads IDLE without waiting for the rest of a line), and the greeting asks no name server.
"""

from argparse import Namespace
from asyncio import Server, StreamReader, StreamWriter, start_server
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from datetime import datetime
from typing import Any

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Identity, Login, Session
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

_ARGS = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None)


class _Config(Config):  # type: ignore[misc]
    @property
    def greeting(self) -> bytes:
        return b"Kantor pos peragaan siap"


class _Session(Session):  # type: ignore[misc]
    async def search_mailbox(self, selected: Any, keys: Any) -> Any:
        return await super().search_mailbox(await self.check_mailbox(selected), keys)


class _Identity(Identity):  # type: ignore[misc]
    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[Session]:
        async with super().new_session() as session:
            yield _Session(session.owner, session.config, session.mailbox_set, session.filter_set)


class _Login(Login):  # type: ignore[misc]
    async def authorize(self, authenticated: Any, authzid: str) -> _Identity:
        identity = await super().authorize(authenticated, authzid)
        return _Identity(identity.name, self, None, identity.roles)


class _WholeLines:
    """A stream writer that sends at ``drain`` what was written since the last one."""

    def __init__(self, writer: StreamWriter) -> None:
        self._writer = writer
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        self._waiting += data

    def writelines(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self.write(line)

    async def drain(self) -> None:
        if self._waiting:
            self._writer.write(bytes(self._waiting))
            self._waiting.clear()
        await self._writer.drain()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


class ImapHost:
    """Mailboxes by address, served on loopback. Everything runs in the loop that calls ``open``."""

    def __init__(self) -> None:
        self._config = _Config(
            _ARGS,
            host="127.0.0.1",
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            reject_dnsbl=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        self._login = _Login(self._config)

    def add_account(self, address: str, password: str) -> None:
        """Somebody who may log in and has an INBOX."""
        self._login.users_dict[address] = UserMetadata(self._config, address, password=password)

    async def open(self) -> Server:
        """Listen on a free port of 127.0.0.1."""
        self._config.apply_context()
        return await start_server(self._serve, "127.0.0.1", 0)

    async def deliver(self, address: str, raw: bytes, at: datetime) -> None:
        """Put a mail into an INBOX with ``at`` as its INTERNALDATE; whoever idles there is told."""
        await (await self._inbox(address)).append(AppendMessage(raw, at, frozenset()), recent=True)

    async def wake(self, address: str) -> None:
        """Tell those who idle what reached the INBOX between their last command and IDLE."""
        # Expunging nothing changes nothing, but wakes pymap's waiting sessions.
        await (await self._inbox(address)).delete(())

    async def _inbox(self, address: str) -> Any:
        identity = _Identity(address, self._login, None, frozenset())
        async with identity.new_session() as session:
            return await session.mailbox_set.get_mailbox("INBOX")

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        server = IMAPServer(self._login, self._config)
        with closing(writer):
            await server(reader, _WholeLines(writer), SocketInfoLocal(writer))
