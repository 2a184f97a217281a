"""Sheets with doubts, as receivers find them: typed ones, and a photo whose cells a reader could not tell."""

from datetime import date, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from domain.outcome import CellDraft, Counts, Flag, QuestionKind
from domain.reading import Box, SheetKind, Verdict
from domain.terms import Session
from storage.records import NewArrival, NewQuestion, SubmissionRow
from tests.fakes.desk_world import AGUS, BUDI, DAY, PEOPLE, SITI, at
from tests.fakes.rows import new_fact, new_message, new_state, new_submission
from tests.fakes.trip import Trip

_LEFT, _TOP, _ROW = 700, 260, 90


def photo(*people: str, signed: frozenset[str] = frozenset()) -> bytes:
    """A drawn page, 1000 x 1400: names at the left, a cell for each at the right."""
    image = Image.new("RGB", (1000, 1400), "#fbfaf4")
    draw = ImageDraw.Draw(image)
    draw.text((60, 120), "DAFTAR HADIR DINAS PERHUBUNGAN", fill="black", font_size=34)
    for number, person in enumerate(people):
        top = _TOP + number * _ROW
        draw.rectangle((50, top, 950, top + _ROW), outline="black", width=2)
        draw.line((_LEFT, top, _LEFT, top + _ROW), fill="black", width=2)
        draw.text((70, top + 26), f"{number + 1}. {PEOPLE[person].name}", fill="black", font_size=28)
        if person in signed:
            points = [(_LEFT + 20 + 9 * n, top + 45 + (n * 37) % 29 - 14) for n in range(20)]
            draw.line(points, fill="#123a9c", width=5, joint="curve")
    packed = BytesIO()
    image.save(packed, "JPEG", quality=80)
    return packed.getvalue()


def box(number: int) -> Box:
    """The cell of the row ``number`` (from 0) of ``photo``."""
    return Box(1, _LEFT, _TOP + number * _ROW, 950, _TOP + (number + 1) * _ROW)


async def photo_sheet(
    trip: Trip, unit: str = "U1", day: date = DAY, *, readable: bool = True, unsure: int = 2
) -> SubmissionRow:
    """A submission by photo: Siti signed, ``unsure`` of the others are open questions; or nothing could be read."""
    people = (SITI, BUDI, AGUS)
    data = photo(*people, signed=frozenset({SITI}))
    sha256 = await trip.blobs.put(data)
    moment = at(7, 18, day=day)
    kind = SheetKind.DAILY if readable else SheetKind.UNREADABLE
    flags = frozenset() if readable else frozenset({Flag.PENDING})
    async with trip.db.begin() as uow:
        event = f"{unit}{day:%d}".ljust(64, "0")
        message = await uow.messages.add(
            new_message(event, sha256=sha256, from_address="dishub@presensi.test", official_at=moment)
        )
        assert message
        await uow.files.add(sha256, len(data), "image/jpeg")
        await uow.files.attach(message, sha256, "2", "lembar.jpg")
        counts = Counts(signed=1, unsure=2) if readable else Counts()
        state = new_state(kind=kind, received=readable, flags=flags, at=moment, counts=counts)
        row = await uow.submissions.add(
            new_submission(message, unit, date=day, state=state, first_at=moment, recorded_at=moment)
        )
        await uow.submissions.add_arrival(
            NewArrival(row.id, message, sha256, 1, "lembar.jpg", kind, readable, moment, moment)
        )
        for number, person in enumerate(people if readable else ()):
            verdict = Verdict.SIGNED if number == 0 else Verdict.UNSURE
            await uow.facts.add_many(
                [new_fact(f"sheet:{row.id}:{number}", person=person, unit=unit, date=day, verdict=verdict,
                          submission_id=row.id, message_id=message, sha256=sha256, sheet=0, row=number,
                          paper_no=number + 1, box=box(number), reader="printed_form/1", confidence=0.6,
                          seen_at=moment, recorded_at=moment)]
            )  # fmt: skip
            if 0 < number <= unsure:
                cell = CellDraft(day, Session.DATANG, Verdict.UNSURE, box=box(number), confidence=0.6)
                await uow.questions.add_many(
                    [NewQuestion(row.id, message, QuestionKind.CELL, sha256, 0, number, number + 1, "", moment,
                                 (person,), (cell,))]
                )  # fmt: skip
    return row


async def earlier_parafs(trip: Trip, days: int = 3) -> None:
    """Signed sheets of Siti and Budi on the days before."""
    for back in range(1, days + 1):
        day = DAY - timedelta(days=back)
        row = await photo_sheet(trip, day=day, unsure=0)
        async with trip.db.begin() as uow:
            file = (await uow.submissions.arrivals(row.id))[0].sha256
            await uow.facts.add_many(
                [new_fact(f"ink:{row.id}", person=BUDI, unit="U1", date=day, verdict=Verdict.SIGNED,
                          submission_id=row.id, sha256=file, box=box(0), recorded_at=at(8, day=day))]
            )  # fmt: skip
