"""Whether the morning came out as it had to: the service's own words against the scenario's expectations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from demo.board import Board, UnitLine
from demo.officers import Officers, thread_of
from demo.offices import BY_CODE, OFFICES
from demo.post_office import Letter, PostOffice
from demo.scenario import EXPECTED, SPOOFER, STRANGER, WRONG_ROUTE_TOLD, Answer, Expected


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it had to be."""

    where: str
    wanted: str
    seen: str


def states_wrong(board: Board, expected: Mapping[str, Expected] = EXPECTED) -> list[Finding]:
    """Offices whose state or flags differ."""
    return [found for code, wanted in expected.items() if (found := _unit(code, board.units.get(code), wanted))]


def _unit(code: str, line: UnitLine | None, wanted: Expected) -> Finding | None:
    name = f"{code} {BY_CODE[code].name}"
    if line is None:
        return Finding(name, wanted.state, "tidak ada di papan")
    missing = wanted.flags - line.flags
    if line.state == wanted.state and not missing:
        return None
    told = " + ".join((wanted.state, *sorted(wanted.flags)))
    return Finding(name, told, " + ".join((line.state, *sorted(line.flags))))


def letters_wrong(officers: Officers) -> list[Finding]:
    """Answers that are missing, and answers that nobody should have got."""
    found = [_answer(officers, key) for key in officers.sent]
    silent = [_silence(officers.post, address) for address in (SPOOFER, STRANGER)]
    return [finding for finding in (*found, *silent, _wrong_route(officers), *_unsent(officers)) if finding]


def _answer(officers: Officers, key: str) -> Finding | None:
    step, letters = officers.sent[key].step, officers.answers(key)
    if step.answer is Answer.OWED and not letters:
        return Finding(f"jawaban kepada {BY_CODE[step.office].name} ({key})", "ada", "tidak ada")
    if step.answer is Answer.NEVER and letters:
        return Finding(f"jawaban kepada {BY_CODE[step.office].name} ({key})", "tidak ada", f"{len(letters)} surel")
    return None


def _silence(post: PostOffice, address: str) -> Finding | None:
    count = len(post.letters(address))
    return Finding(f"surel kepada {address}", "tidak ada", f"{count} surel") if count else None


def _wrong_route(officers: Officers) -> Finding | None:
    """TLG-12: the coordinator hears that one of its Bagian mailed directly."""
    box = officers.post.letters(BY_CODE[WRONG_ROUTE_TOLD].address)
    if any("SALAH JALUR" in str(letter.message["Subject"]).upper() for letter in box):
        return None
    return Finding("pemberitahuan SALAH JALUR kepada Bagian Umum", "ada", "tidak ada")


def _unsent(officers: Officers) -> list[Finding]:
    """A step that waits for an answer for ever is never sent."""
    return [
        Finding(f"langkah {step.key}", "terkirim", f"menunggu jawaban atas {step.after}") for step in officers.waiting
    ]


def receipts(officers: Officers) -> int:
    """Mails of the desk that answer something, over all offices."""
    boxes: Iterable[tuple[Letter, ...]] = (officers.post.letters(office.address) for office in OFFICES)
    return sum(1 for box in boxes for letter in box if thread_of(letter).strip())
