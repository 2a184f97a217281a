"""The child that talks to a ZK machine: standard library only, one connection, the whole log to standard output.

It writes one JSON line (``size``, ``count``, ``clock``, or ``error``) and then the raw log. It never disables, clears
or changes anything in the machine.
"""

import ctypes
import json
import os
import signal
import socket
import struct
import sys
from typing import Any

MAGIC = b"\x50\x50\x82\x7d"
CONNECT, EXIT, AUTH, FREE_SIZES, GET_TIME, ATTLOG = 1000, 1001, 1102, 50, 201, 13
PREPARE_DATA, DATA, FREE_DATA, ASK_BUFFER, READ_BUFFER = 1500, 1501, 1502, 1503, 1504
ACK_OK, ACK_UNAUTH = 2000, 2005
CHUNK = 0xFFC0
MOST_BYTES = 64 << 20
_SILENCE_SECONDS = 15.0
_COUNT_AT = 8 * 4  # the ninth number of the sizes is the count of attendance records
_PDEATHSIG = 1
_TICKS = 50


class Broken(Exception):
    """The machine does not speak as it should."""


def checksum(data: bytes) -> int:
    """The ones' complement sum over little-endian words."""
    total: int = sum(struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])) + (
        data[-1] if len(data) % 2 else 0
    )
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(command: int, session: int, reply: int, data: bytes = b"") -> bytes:
    """One packet with its TCP head."""
    bare = struct.pack("<HHHH", command, 0, session, reply) + data
    whole = struct.pack("<HHHH", command, checksum(bare), session, reply) + data
    return MAGIC + struct.pack("<I", len(whole)) + whole


def scrambled(key: int, session: int) -> bytes:
    """The communication key as the machine wants to hear it."""
    bits = int(f"{key & 0xFFFFFFFF:032b}"[::-1], 2) + session & 0xFFFFFFFF
    _, b, c, d = (byte ^ letter for byte, letter in zip(bits.to_bytes(4, "little"), b"ZKSO", strict=True))
    return bytes((c ^ _TICKS, d ^ _TICKS, _TICKS, b ^ _TICKS))


class Talk:
    """One connection to one machine."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), _SILENCE_SECONDS)
        self._session = 0
        self._reply = -1

    def open(self, key: int) -> None:
        """Connect, and prove ourselves when asked."""
        command, _ = self._ask(CONNECT)
        if command == ACK_UNAUTH:
            command, _ = self._ask(AUTH, scrambled(key, self._session))
        if command != ACK_OK:
            raise Broken("kunci komunikasi ditolak" if command == ACK_UNAUTH else f"jawaban {command}")

    def count(self) -> int:
        """How many records the machine says it has; -1 when it does not say."""
        command, data = self._ask(FREE_SIZES)
        if command != ACK_OK or len(data) < _COUNT_AT + 4:
            return -1
        return int.from_bytes(data[_COUNT_AT : _COUNT_AT + 4], "little")

    def clock(self) -> int | None:
        """The machine's own time, encoded."""
        command, data = self._ask(GET_TIME)
        return int.from_bytes(data[:4], "little") if command == ACK_OK and len(data) >= 4 else None

    def log(self) -> bytes:
        """The whole attendance log: u32 size and records."""
        command, data = self._ask(ASK_BUFFER, struct.pack("<bhii", 1, ATTLOG, 0, 0))
        if command == DATA:
            return data
        if command != ACK_OK or len(data) < 5:
            raise Broken(f"jawaban {command} atas permintaan log")
        size = int.from_bytes(data[1:5], "little")
        if size > MOST_BYTES:
            raise Broken(f"log sebesar {size} bita tidak masuk akal")
        whole = bytearray()
        while len(whole) < size:
            whole += self._chunk(len(whole), min(CHUNK, size - len(whole)))
        self._ask(FREE_DATA)
        return bytes(whole)

    def close(self) -> None:
        """Say good-bye; the machine need not answer."""
        self._send(EXIT)
        self._socket.close()

    def _chunk(self, start: int, size: int) -> bytes:
        command, data = self._ask(READ_BUFFER, struct.pack("<ii", start, size))
        if command == DATA:
            return self._exactly(data, size)
        if command != PREPARE_DATA:
            raise Broken(f"jawaban {command} di tengah log")
        told = int.from_bytes(data[:4], "little")
        if told != size:
            raise Broken(f"{told} bita dijanjikan, {size} diminta")
        part = bytearray()
        while len(part) < size:
            command, piece = self._receive()
            if command != DATA or not piece:
                raise Broken(f"jawaban {command} di tengah log")
            part += piece
        self._receive()  # the acknowledgement that ends a chunk
        return self._exactly(bytes(part), size)

    @staticmethod
    def _exactly(data: bytes, size: int) -> bytes:
        if len(data) != size:
            raise Broken(f"{len(data)} bita datang, {size} diminta")
        return data

    def _ask(self, command: int, data: bytes = b"") -> tuple[int, bytes]:
        self._send(command, data)
        return self._receive()

    def _send(self, command: int, data: bytes = b"") -> None:
        self._reply = (self._reply + 1) & 0xFFFF
        self._socket.sendall(frame(command, self._session, self._reply, data))

    def _receive(self) -> tuple[int, bytes]:
        head = self._read(8)
        if head[:4] != MAGIC:
            raise Broken("bukan mesin ZK")
        size = int.from_bytes(head[4:], "little")
        if not 8 <= size <= CHUNK + 1024:
            raise Broken(f"paket sebesar {size} bita")
        body = self._read(size)
        command, _, session, _ = struct.unpack("<HHHH", body[:8])
        if self._session == 0:
            self._session = session
        return int(command), body[8:]

    def _read(self, size: int) -> bytes:
        whole = bytearray()
        while len(whole) < size:
            piece = self._socket.recv(size - len(whole))
            if not piece:  # hung up: pyzk asks for ever here
                raise Broken("sambungan diputus mesin")
            whole += piece
        return bytes(whole)


def main(arguments: list[str]) -> None:
    """``HOST PORT PARENT``; the key is the first line of standard input."""
    host, port, parent = arguments
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):
        return
    key = int(sys.stdin.readline() or "0")
    said: dict[str, Any] = {}
    data = b""
    try:
        talk = Talk(host, int(port))
        talk.open(key)
        said["count"], said["clock"] = talk.count(), talk.clock()
        data = talk.log()
        talk.close()
        said["size"] = len(data)
    except (OSError, Broken, struct.error) as error:
        said = {"error": str(error) or type(error).__name__}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    if "error" not in said:
        sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
