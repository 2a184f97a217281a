"""One mail over an open SMTP connection (aiosmtplib), with a last look at the clock between "354" and the mail.

The library's own ``sendmail`` lets nobody in at that place: a server that answers late, or a process that got no turn,
would let a reminder leave after its window.
"""

import asyncio
import re
import socket
import struct
from collections.abc import Callable

import aiosmtplib

_LINE_END = re.compile(rb"\r\n|\n|\r")
_DOT = re.compile(rb"^\.", re.MULTILINE)
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what the kernel still holds is thrown away
_LOOK_S = 0.02


async def hand_over(
    client: aiosmtplib.SMTP,
    sender: str,
    to: str,
    mail: bytes,
    may_leave: Callable[[], None],
    gone: Callable[[], None],
) -> None:
    """MAIL, RCPT and DATA; returns after the server's 250 for ``mail``.

    ``may_leave`` is asked last and raises to hold the mail back; ``gone`` is called when all of it has left our hands:
    before that the server cannot take it, afterwards it may have it. Cancelled in between, or after any error but a
    refused recipient, the connection must be ``cut``. Raises the library's errors.
    """
    size = [f"size={len(mail)}"] if client.supports_extension("size") else []
    await client.mail(sender, options=size)
    await client.rcpt(to)
    ready = await client.execute_command(b"DATA")
    if ready.code != aiosmtplib.SMTPStatus.start_input:
        raise aiosmtplib.SMTPDataError(ready.code, ready.message)
    protocol, transport = client.protocol, client.transport
    if protocol is None or not isinstance(transport, asyncio.WriteTransport):
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    content = _on_the_wire(mail)
    may_leave()
    protocol.write(content)
    # The answer is listened for from the start: while a long mail still leaves, nobody else would hear it.
    answer = asyncio.ensure_future(protocol.read_response(timeout=client.timeout))
    try:
        while transport.get_write_buffer_size() and not answer.done():
            await asyncio.wait({answer}, timeout=_LOOK_S)
        gone()
        taken = await answer
    finally:
        answer.cancel()
    if taken.code != aiosmtplib.SMTPStatus.completed:
        raise aiosmtplib.SMTPDataError(taken.code, taken.message)


def cut(client: aiosmtplib.SMTP) -> None:
    """Drop the connection at once, with all that waits in buffers: closing it in peace would still send that."""
    transport = client.transport
    if isinstance(transport, asyncio.WriteTransport):
        wire = transport.get_extra_info("socket")
        if wire is not None and wire.fileno() >= 0:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    client.close()


def _on_the_wire(mail: bytes) -> bytes:
    """CRLF line ends, doubled leading dots, and the dot that ends it (RFC 5321, 4.5.2)."""
    lines = _DOT.sub(b"..", _LINE_END.sub(b"\r\n", mail))
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")
