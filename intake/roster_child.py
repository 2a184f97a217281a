"""A roster file read in the sandbox: whoever may upload one may have been sent one."""

from dataclasses import dataclass

from domain.errors import ReadingError, RosterError
from domain.roster import Roster
from intake.roster_file import RosterFile, read_roster
from parsers.sandbox import Sandbox

_SECONDS = 60.0  # some ten thousand people take two


@dataclass(frozen=True, slots=True)
class RosterAnswer:
    """What the child found: a roster, or the faults of the file (``fault`` sums them up)."""

    roster: Roster | None
    warnings: tuple[str, ...] = ()
    sheets: frozenset[str] = frozenset()
    fault: str = ""
    problems: tuple[str, ...] = ()


def answer(data: bytes, filename: str) -> RosterAnswer:
    """In the child: ``intake.roster_file.read_roster`` as plain data."""
    try:
        read = read_roster(data, filename)
    except RosterError as error:
        return RosterAnswer(None, fault=str(error).removeprefix(f"{filename}: "), problems=error.problems)
    return RosterAnswer(read.roster, read.warnings, read.sheets)


async def read_roster_confined(sandbox: Sandbox, data: bytes, filename: str) -> RosterFile:
    """The same as ``read_roster``, in a child; raises ``RosterError`` also for a file that no child survives."""
    try:
        found = await sandbox.run(
            f"{__name__}.{answer.__name__}", data, filename, result=RosterAnswer, seconds=_SECONDS
        )
    except ReadingError as error:
        raise RosterError(f"berkas ini tidak dapat dibaca: {error}", file=filename) from None
    if found.roster is None:
        raise RosterError(found.fault, file=filename, problems=found.problems)
    return RosterFile(found.roster, found.warnings, found.sheets)
