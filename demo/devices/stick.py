"""A USB stick from a machine: the cumulative export ``N_attlog.dat``, dropped into the watched folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

Punch = tuple[str, str]
"""(id, ``YYYY-MM-DD HH:MM:SS``)."""


@dataclass
class Stick:
    """Machine ``number``; every export holds everything since the machine was bought."""

    number: int
    log: list[Punch] = field(default_factory=list)

    def export(self, folder: Path) -> Path:
        """Write the export; a half-written file never has its final name."""
        path = folder / f"{self.number}_attlog.dat"
        aside = folder / f".{path.name}"
        aside.write_bytes(attlog(self.log, self.number))
        return aside.replace(path)


def attlog(punches: Sequence[Punch], number: int) -> bytes:
    """Rows as a stick carries them: id to the right of nine places, time, machine, state, verify, work code."""
    return "".join(f"{user:>9}\t{at}\t{number}\t0\t1\t0\r\n" for user, at in punches).encode()
