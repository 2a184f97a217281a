"""A wire that can be cut, or go dead without a word, between a client and a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Wire:
    """``silent``: bytes go nowhere, connections stay open. ``silent_after``: so it falls once that many came down."""

    port: int = 0
    accepted: int = 0
    silent: bool = False
    silent_after: int | None = None
    close_after: int | None = None
    refuse: bool = False
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _down: int = 0

    def cut(self) -> None:
        """Close all connections."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def mend(self) -> None:
        """From now on everything passes again, on new connections; the dead ones stay dead."""
        self.silent, self.silent_after, self.close_after, self.refuse = False, None, None, False
        self._down = 0


@asynccontextmanager
async def wire_to(port: int) -> AsyncIterator[Wire]:
    """A wire from a port of its own to ``port``."""
    wire = Wire()
    tasks: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, down: bool) -> None:
        dead = False
        try:
            while data := await reader.read(65536):
                if down:
                    wire._down += len(data)
                    if wire.close_after is not None and wire._down > wire.close_after:
                        wire.close_after = None
                        wire.cut()
                        return
                    if wire.silent_after is not None and wire._down > wire.silent_after:
                        wire.silent = True
                dead = dead or wire.silent  # what was lost once never comes back on this connection
                if not dead:
                    writer.write(data)
                    await writer.drain()
        except (OSError, ConnectionError):
            return
        finally:
            if not dead:
                writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if wire.refuse:
            writer.close()
            return
        wire.accepted += 1
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", port)
        wire._writers += [writer, up_writer]
        for one in (pump(reader, up_writer, False), pump(up_reader, writer, True)):
            task = asyncio.ensure_future(one)
            tasks.add(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
