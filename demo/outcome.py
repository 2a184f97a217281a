"""Whether the morning came out as it had to: the service's own words against the scenario's expectations."""

from collections.abc import Iterable, Mapping

from demo.board import Board, UnitLine
from demo.officers import Officers, thread_of
from demo.offices import BY_CODE, OFFICES, PHONES, TELEGRAMS
from demo.post_office import Letter, PostOffice
from demo.steps import Answer, Expected, Finding


def states_wrong(board: Board, expected: Mapping[str, Expected]) -> list[Finding]:
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
    return [finding for finding in (*found, *_unsent(officers)) if finding]


def _answer(officers: Officers, key: str) -> Finding | None:
    step, letters = officers.sent[key].step, officers.told(key)
    if step.answer is Answer.OWED and not letters:
        return Finding(f"jawaban kepada {BY_CODE[step.office].name} ({key})", "ada", "tidak ada")
    if step.answer is Answer.NEVER and letters:
        return Finding(f"jawaban kepada {BY_CODE[step.office].name} ({key})", "tidak ada", f"{len(letters)} pesan")
    return None


def silent(post: PostOffice, addresses: Iterable[str]) -> list[Finding]:
    """Letters to those who must never get one."""
    counts = {address: len(post.letters(address)) for address in addresses}
    return [Finding(f"surel kepada {to}", "tidak ada", f"{count} surel") for to, count in counts.items() if count]


def lacking(post: PostOffice, address: str, words: str) -> list[Finding]:
    """That a letter lies in ``address`` whose subject holds ``words``, whatever their case."""
    subjects = [str(letter.message["Subject"]) for letter in post.letters(address)]
    if any(words.upper() in subject.upper() for subject in subjects):
        return []
    return [Finding(f"surel {words} kepada {address}", "ada", "tidak ada")]


def _unsent(officers: Officers) -> list[Finding]:
    """A step that waits for an answer for ever is never sent."""
    return [
        Finding(f"langkah {step.key}", "terkirim", f"menunggu {step.waits or f'jawaban atas {step.after}'}")
        for step in officers.waiting
    ]


def receipts(officers: Officers) -> int:
    """Answers of the desk over all offices, by mail, WhatsApp and Telegram."""
    boxes: Iterable[tuple[Letter, ...]] = (officers.post.letters(office.address) for office in OFFICES)
    by_phone = sum(len(officers.phones.heard(code)) for code in (*PHONES, *TELEGRAMS)) if officers.phones else 0
    return by_phone + sum(1 for box in boxes for letter in box if thread_of(letter).strip())
