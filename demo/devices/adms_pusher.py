"""A ZKTeco machine that calls in (ADMS): says hello, posts its log in pieces of 128 rows, and sends again what was not
acknowledged with ``OK: n``.
"""

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

ROWS = 128
Punch = tuple[str, str, int, int]
"""(id, ``YYYY-MM-DD HH:MM:SS``, state, verify)."""


def lines_of(punches: Sequence[Punch]) -> bytes:
    """Rows as the machine writes them: id, time, state, verify, work code, reserved."""
    return "".join(f"{user}\t{at}\t{state}\t{verify}\t0\t0\t0\n" for user, at, state, verify in punches).encode()


@dataclass
class AdmsPusher:
    """The machine ``serial`` that calls ``host:port``; ``answers`` are what the server said."""

    serial: str
    host: str
    port: int
    answers: list[str] = field(default_factory=list)
    timeout_s: float = 30.0

    def hello(self, pushver: str = "2.4.1") -> str:
        """Introduce itself; returns the options that the server gives."""
        return self._ask("GET", f"/iclock/cdata?SN={self.serial}&options=all&pushver={pushver}&language=69")

    def push(self, punches: Sequence[Punch], *, twice: bool = False, patience: int = 200) -> int:
        """Post everything, each piece until acknowledged (``twice``: once more); returns the acknowledged rows."""
        done = 0
        for start in range(0, len(punches), ROWS):
            body = lines_of(punches[start : start + ROWS])
            done += self._until_acknowledged(body, patience)
            if twice:
                self._until_acknowledged(body, patience)
        return done

    def poll(self) -> str:
        """Ask for a command."""
        return self._ask("GET", f"/iclock/getrequest?SN={self.serial}")

    def _until_acknowledged(self, body: bytes, patience: int) -> int:
        for _ in range(patience):
            try:
                said = self._ask("POST", f"/iclock/cdata?SN={self.serial}&table=ATTLOG&Stamp=9999", body)
            except (OSError, http.client.HTTPException):
                said = ""
            if said.startswith("OK: "):
                self.answers.append(said)
                return int(said[4:])
            time.sleep(0.1)
        raise TimeoutError("the server never acknowledged")

    def _ask(self, method: str, path: str, body: bytes = b"") -> str:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            said = answer.read().decode("utf-8", "replace")
            return said if answer.status == 200 else f"{answer.status} {said}"
        finally:
            connection.close()
