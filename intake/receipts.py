"""Who gets which answer to a message, as letters ready for the outbox (facts: mail, "Who sent it").

One receipt per message. A proven, registered sender is answered directly; everything else is told to the registered
addresses of the unit named on the sheet, never to From. Automatic mail is never answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.outcome import RECAP, Flag, Recording, SubmissionDraft
from domain.reading import Problem
from domain.resolution import Delivery, World
from domain.terms import Scheme, Session
from domain.wording import clock_time, listing, long_date
from intake.answers import answer_submission, problem_line, subject_of
from storage.records import LetterFile
from templates import DESK_NAME, render, render_chat


@dataclass(frozen=True, slots=True)
class Letter:
    """One outgoing text. ``dedupe_key`` makes it exactly one; ``numbers`` are the submissions it speaks of.

    ``short`` says the same where it has to go by a chat.
    """

    dedupe_key: str
    to: str
    kind: str
    subject: str
    body: str
    numbers: tuple[str, ...] = ()
    files: tuple[LetterFile, ...] = ()
    short: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A draft with the number that storage gave it."""

    draft: SubmissionDraft
    number: str


def letters_for(
    delivery: Delivery, recorded: Sequence[Recorded], recording: Recording, files: Sequence[str], world: World
) -> list[Letter]:
    """Every letter that one recorded message causes: the receipt and, for SALAH JALUR, the coordinator's notice."""
    letters = []
    by_receiver: dict[str, list[Recorded]] = {}
    for item in recorded:
        for to in _receivers(delivery, item.draft, world):
            by_receiver.setdefault(to, []).append(item)
    if not recorded and delivery.verified and delivery.address:
        letters.append(_no_sheet(delivery, recording, files, world))
    letters.extend(_receipt(delivery, to, items, recording, world) for to, items in by_receiver.items())
    for item in recorded:
        if Flag.WRONG_ROUTE in item.draft.flags and item.draft.session != RECAP:
            letters.extend(_wrong_route(delivery, item, world))
    return letters


def _receivers(delivery: Delivery, draft: SubmissionDraft, world: World) -> tuple[str, ...]:
    if delivery.verified and delivery.address:
        return (delivery.address,)
    day = delivery.official_at.astimezone(world.profile.tz).date()
    return world.roster.contacts(draft.unit, delivery.channel, day)


def _receipt(delivery: Delivery, to: str, items: Sequence[Recorded], recording: Recording, world: World) -> Letter:
    answers = [answer_submission(i.draft, i.number, world, delivery.mailbox) for i in items]
    subject = subject_of(items[0].draft, world)
    if len(items) > 1:
        subject += f" (dan {len(items) - 1} lainnya)"
    body = render(
        "receipt",
        submissions=answers,
        notes=[problem_line(p) for p in recording.problems],
        **_signature(world),
        legal_basis=world.profile.legal_basis,
    )
    numbers = tuple(i.number for i in items)
    return Letter(f"receipt:{delivery.message_id}:{to}", to, "receipt", f"Presensi {subject}", body, numbers)


def _no_sheet(delivery: Delivery, recording: Recording, files: Sequence[str], world: World) -> Letter:
    assert delivery.address is not None
    at = clock_time(delivery.official_at, world.profile)
    if files:
        headline = (
            f"Berkas {listing(list(files), 3)} telah kami terima dan simpan pukul {at}, "
            "tetapi tidak kami kenali sebagai lembar presensi unit mana pun."
        )
    else:
        headline = f"Surel Bapak/Ibu telah kami terima pukul {at}, tetapi tanpa lampiran lembar presensi."
    body = render("not_a_sheet", headline=headline, lines=_distinct(recording.problems), **_signature(world))
    key = f"receipt:{delivery.message_id}:{delivery.address}"
    return Letter(key, delivery.address, "receipt", "Kiriman belum dapat dicatat", body)


def _wrong_route(delivery: Delivery, item: Recorded, world: World) -> list[Letter]:
    """TLG-12: the coordinator learns that one of its units mailed directly."""
    draft = item.draft
    roster = world.roster
    coordinator = roster.units.get(roster.sender_of(draft.unit))
    if coordinator is None or coordinator.code == draft.unit:
        return []
    told = {
        "coordinator": coordinator.name,
        "session": world.profile.session_names[Session(draft.session)],
        "unit": roster.units[draft.unit].name,
        "day": long_date(draft.date),
        "time": clock_time(delivery.official_at, world.profile),
        "number": item.number,
    }
    body, short = render("wrong_route", **told, **_signature(world)), render_chat("short_wrong_route", **told)
    subject = f"SALAH JALUR: {subject_of(draft, world)}"
    day = delivery.official_at.astimezone(world.profile.tz).date()
    return [
        Letter(f"wrong_route:{item.number}:{to}", to, "wrong_route", subject, body, short=short)
        for to in roster.contacts(coordinator.code, Scheme.MAIL, day)
        if to != delivery.address
    ]


def _distinct(problems: Sequence[Problem]) -> list[str]:
    return list(dict.fromkeys(problem_line(p) for p in problems))


def _signature(world: World) -> dict[str, str]:
    return {"sender_name": DESK_NAME, "government": world.profile.government}
