"""A ZK machine on TCP: answers as one does, or is mute, hangs up in the middle, or lies about its counts."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

MAGIC = b"\x50\x50\x82\x7d"
ACK_OK, ACK_UNAUTH, PREPARE_DATA, DATA = 2000, 2005, 1500, 1501
_MOST = 0xFFC0
_PIECE = 16 * 1024


def encoded(at: datetime) -> int:
    """A moment in the machine's calendar, whose months all have 31 days."""
    return (
        (((at.year - 2000) * 12 + at.month - 1) * 31 + at.day - 1) * 86400 + at.hour * 3600 + at.minute * 60 + at.second
    )


def record(size: int, user: int | str, moment: int, verify: int = 1, state: int = 0) -> bytes:
    """One attendance record of 8, 16 or 40 bytes; ``moment`` may be an impossible one."""
    if size == 40:
        return struct.pack("<H24sBIB8s", 1, str(user).encode(), verify, moment, state, b"")
    if size == 16:
        return struct.pack("<IIBB2sI", int(user), moment, verify, state, b"", 0)
    return struct.pack("<HBIB", int(user), verify, moment, state)


@dataclass
class ZkMachine:
    """``records`` are its log, ``key`` its password.

    ``manners``: ``good``, ``mute``, ``hangs_up``, ``hangs_up_once``, ``lies`` about its size, or a ``stranger``.
    """

    records: bytes
    manners: str = "good"
    key: int = 0
    told: int | None = None
    clock: datetime | None = None
    commands: list[int] = field(default_factory=list)
    port: int = 0

    @contextlib.contextmanager
    def running(self) -> Iterator["ZkMachine"]:
        """Listen on a free port until the block ends."""
        with socket.create_server(("127.0.0.1", self.port)) as server:
            self.port = server.getsockname()[1]
            thread = threading.Thread(target=self._serve, args=(server,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                with contextlib.suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)
                server.close()
                thread.join(timeout=5)

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            if self.manners == "stranger":
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            while (packet := _packet(peer)) is not None:
                command, session, reply, data = packet
                self.commands.append(command)
                if self.manners == "mute" and command != 1000:
                    continue
                if not self._answer(peer, command, session or 4711, reply, data):
                    return

    def _answer(self, peer: socket.socket, command: int, session: int, reply: int, data: bytes) -> bool:
        log = struct.pack("<I", len(self.records)) + self.records

        def say(answer: int, body: bytes = b"") -> None:
            _send(peer, answer, session, reply, body)

        if command == 1000:
            say(ACK_UNAUTH if self.key else ACK_OK)
        elif command == 1102:
            say(ACK_OK if data == _scrambled(self.key, session) else ACK_UNAUTH)
        elif command == 50:
            count = self.told if self.told is not None else -1
            say(ACK_OK, struct.pack("<20i", *(count if place == 8 else 0 for place in range(20))))
        elif command == 201:
            say(ACK_OK, struct.pack("<I", encoded(self.clock)) if self.clock else b"")
        elif command == 1503:
            size = len(log) * 2 if self.manners == "lies" else len(log)
            say(ACK_OK, b"\0" + struct.pack("<I", size) + b"\0" * 8)
        elif command == 1504:
            return self._chunk(peer, session, reply, log, *struct.unpack("<ii", data))
        else:
            say(ACK_OK)
        return command != 1001

    def _chunk(self, peer: socket.socket, session: int, reply: int, log: bytes, start: int, size: int) -> bool:
        part = log[start : start + min(size, _MOST)]
        _send(peer, PREPARE_DATA, session, reply, struct.pack("<I", size))
        pieces: Sequence[bytes] = [part[n : n + _PIECE] for n in range(0, len(part), _PIECE)]
        for number, piece in enumerate(pieces):
            if self.manners.startswith("hangs_up") and start + (number + 1) * _PIECE > len(log) // 2:
                if self.manners == "hangs_up_once":
                    self.manners = "good"
                return False
            _send(peer, DATA, session, reply, piece)
        _send(peer, ACK_OK, session, reply)
        return True


def _packet(peer: socket.socket) -> tuple[int, int, int, bytes] | None:
    head = _read(peer, 8)
    if head is None or head[:4] != MAGIC:
        return None
    body = _read(peer, int.from_bytes(head[4:], "little"))
    if body is None:
        return None
    command, _, session, reply = struct.unpack("<HHHH", body[:8])
    return command, session, reply, body[8:]


def _read(peer: socket.socket, size: int) -> bytes | None:
    whole = b""
    while len(whole) < size:
        piece = peer.recv(size - len(whole))
        if not piece:
            return None
        whole += piece
    return whole


def _send(peer: socket.socket, command: int, session: int, reply: int, data: bytes = b"") -> None:
    body = struct.pack("<HHHH", command, 0, session, reply) + data
    peer.sendall(MAGIC + struct.pack("<I", len(body)) + body)


def _scrambled(key: int, session: int) -> bytes:
    """The answer that the machine expects from who knows its key: the bits turned round, the session added, mixed."""
    turned = 0
    for bit in range(32):
        turned = turned << 1 | (key >> bit & 1)
    a = (turned + session & 0xFFFFFFFF).to_bytes(4, "little")
    mixed = [a[0] ^ ord("Z"), a[1] ^ ord("K"), a[2] ^ ord("S"), a[3] ^ ord("O")]
    return bytes([mixed[2] ^ 50, mixed[3] ^ 50, 50, mixed[1] ^ 50])
