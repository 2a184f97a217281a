"""The days that can be played: their timetables hold together, and officers who forget wait for the desk's reminder."""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from demo.clock import at
from demo.days import DEFAULT, PROGRAMMES
from demo.make_roster import invent
from demo.officers import Officers
from demo.offices import BOX_OPD, BY_CODE, DESK_HOST, DISCIPLINE, OFFICES, RECEIVER
from demo.post_office import PostOffice
from demo.programme import Part, Programme, Scene
from demo.results import saved
from demo.scenario import DESK_BOXES, SPOOFER, STRANGER
from demo.service import Service
from demo.steps import Step, Waits
from demo.timetable import SENDERS, mailings

TOWN = invent()
OWNERS = (*DESK_BOXES, SPOOFER, STRANGER, RECEIVER, DISCIPLINE, *(office.address for office in OFFICES))
PARTS = [part for programme in PROGRAMMES.values() for part in programme.parts]


class Hand:
    """A clock that stands where it was put."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def hand() -> Hand:
    return Hand(at(DEFAULT, "07.00"))


@pytest.fixture
def post(hand: Hand) -> Iterator[PostOffice]:
    office = PostOffice(DESK_HOST, hand.now)
    for address in OWNERS:
        office.add_account(address, "rahasia")
    with office:
        yield office


def officers(post: PostOffice, hand: Hand, *steps: Step) -> Officers:
    return Officers(DEFAULT, TOWN, post, hand, dict.fromkeys(OWNERS, "rahasia"), list(steps))


def desk_writes(office: Officers, to: str, subject: str, file: tuple[str, bytes] | None = None) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = BOX_OPD, to, subject
    message["Message-ID"] = f"<{abs(hash((to, subject)))}@bkd.presensi.test>"
    message.set_content("Yth.\n")
    if file:
        message.add_attachment(file[1], maintype="application", subtype="pdf", filename=file[0])
    office.hand_in(message, BOX_OPD)


def test_the_default_day_is_the_morning_everybody_knows() -> None:
    assert DEFAULT in PROGRAMMES
    assert PROGRAMMES[DEFAULT].parts[0].begin == "06.50"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.day} {part.begin}")
def test_the_steps_of_a_part_lie_in_it_in_order(part: Part) -> None:
    moments = [at(part.day, step.at) for step in part.steps]
    assert moments == sorted(moments)
    assert all(at(part.day, part.begin) < moment < at(part.day, part.end) for moment in moments)
    assert part.expected.keys() in (BY_CODE.keys(), set())
    assert (at(part.day, part.end) - at(part.day, part.begin)).total_seconds() / part.rate <= 80


@pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=lambda programme: str(programme.day))
def test_every_key_of_a_day_is_used_once_and_its_parts_follow_one_another(programme: Programme) -> None:
    keys = [step.key for part in programme.parts for step in part.steps]
    assert len(keys) == len(set(keys))
    assert programme.receipt in keys
    edges = [at(part.day, moment) for part in programme.parts for moment in (part.begin, part.end)]
    assert edges == sorted(edges)


def test_every_office_has_exactly_one_sender() -> None:
    assert sorted(code for codes in SENDERS.values() for code in codes) == sorted(BY_CODE)
    assert all(sender in codes for sender, codes in SENDERS.items())


def test_who_forgot_waits_for_the_reminder_of_that_session(post: PostOffice, hand: Hand) -> None:
    (step,) = mailings(DEFAULT, "Pulang", ["U018"], "15.31", "15.40", forgetful={"U018": "15.52"})
    assert step.waits is Waits.REMINDER
    office = officers(post, hand, step)
    hand.moment = at(DEFAULT, "15.55")
    assert office.work() == []
    desk_writes(office, BY_CODE["U018"].address, "Pengingat: presensi DATANG BPBD")
    assert office.work() == []
    desk_writes(office, BY_CODE["U018"].address, "Pengingat: presensi PULANG BPBD")
    (sent,) = office.work()
    assert sent.message["Subject"].startswith("Presensi Pulang BPBD")


def test_the_evening_sheet_still_carries_the_morning() -> None:
    (step,) = mailings(DEFAULT, "Pulang", ["U002"], "15.31", "15.40")
    ((name, data),) = step.files(TOWN)
    assert name == "presensi setda.xlsx"
    assert data[:2] == b"PK"


def test_what_the_desk_attached_is_saved_without_hiding_anything(post: PostOffice, hand: Hand, tmp_path: Path) -> None:
    office = officers(post, hand)
    scene = Scene(office, Service(tmp_path, tmp_path / "log", ()), board=None, folder=tmp_path)  # type: ignore[arg-type]
    assert saved(scene, [RECEIVER], "Lembar", "lembar", "Lembar") == ["Lembar: belum ada"]
    for number in (b"1", b"2"):
        desk_writes(office, RECEIVER, f"Lembar {number!r}", ("lembar.pdf", number))
    told = saved(scene, [RECEIVER], "Lembar", "lembar", "Lembar")
    assert told == [f"Lembar: 2 berkas, di {tmp_path / 'hasil' / 'lembar'}"]
    files = {path.name: path.read_bytes() for path in (tmp_path / "hasil" / "lembar").iterdir()}
    assert files == {"lembar.pdf": b"1", "lembar (2).pdf": b"2"}
