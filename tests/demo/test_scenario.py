"""The morning's timeline, the officers who play it, and the judgement of what came of it."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import demo
from demo.board import Board, UnitLine, read_board
from demo.clock import PlayingClock, at, real_now
from demo.make_roster import invent
from demo.officers import Officers, auto_reply, cover_letter
from demo.offices import BOX_OPD, BOX_UPT, BY_CODE, DESK_HOST, OFFICES
from demo.outcome import letters_wrong, states_wrong
from demo.post_office import PostOffice
from demo.scenario import BEGIN, DAY, DESK_BOXES, END, EXPECTED, SPOOFER, STEPS, STRANGER
from demo.service import Box, settings_text
from demo.steps import Answer, Step

TOWN = invent()
STEP = {step.key: step for step in STEPS}
ROOMS = {"bot", "desk", "devices", "domain", "intake", "parsers", "reminders", "reports", "storage", "templates"}


class Hand:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.moment = at(DAY, BEGIN)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def post(hand: Hand) -> Iterator[PostOffice]:
    office = PostOffice(DESK_HOST, hand.now)
    for address in (*DESK_BOXES, SPOOFER, STRANGER, *(o.address for o in OFFICES)):
        office.add_account(address, "rahasia")
    with office:
        yield office


def officers(post: PostOffice, clock: Hand | PlayingClock, *keys: str) -> Officers:
    passwords = dict.fromkeys((*DESK_BOXES, SPOOFER, STRANGER, *(o.address for o in OFFICES)), "rahasia")
    steps = [STEP[key] for key in keys] or list(STEPS)
    return Officers(DAY, TOWN, post, clock, passwords, steps)


def reply(office: Officers, key: str, subject: str = "Tanda terima") -> None:
    """The desk answers the step ``key``."""
    sent = office.sent[key]
    answer = auto_reply(BY_CODE[sent.step.office], sent.message, office.clock.now())
    answer.replace_header("From", BOX_OPD)
    answer.replace_header("To", BY_CODE[sent.step.office].address)
    answer.replace_header("Subject", subject)
    office.hand_in(answer, BOX_OPD)


def test_the_demonstration_imports_nothing_of_the_product() -> None:
    folder = Path(demo.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.partition(".")[0]
                assert top not in ROOMS, f"{path.name}: {name}"
                assert top != "posko", f"{path.name}: {name}"


def test_the_timeline_is_in_order_inside_the_morning_and_every_key_is_used_once() -> None:
    moments = [at(DAY, step.at) for step in STEPS]
    assert moments == sorted(moments)
    assert at(DAY, BEGIN) < moments[0]
    assert moments[-1] < at(DAY, END)
    assert len(STEP) == len(STEPS)
    assert all((step.after or step.repeats or step.key) in STEP for step in STEPS)


def test_all_forty_offices_have_an_expectation_and_three_never_send() -> None:
    assert set(EXPECTED) == set(BY_CODE)
    states = [wanted.state for wanted in EXPECTED.values()]
    counted = {state: states.count(state) for state in set(states)}
    assert counted == {"tepat waktu": 33, "lebih awal": 1, "terlambat": 2, "periksa": 1, "belum": 3}
    silent = {code for code, wanted in EXPECTED.items() if wanted.why == "tidak mengirim"}
    assert silent.isdisjoint(step.office for step in STEPS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_step_makes_its_files(step: Step) -> None:
    files = step.files(TOWN)
    assert all(name and data for name, data in files)
    assert bool(files) is not (step.automatic or step.repeats is not None or step.back is not None or step.phone)


def test_a_cover_letter_is_official_and_the_same_every_time() -> None:
    now = at(DAY, "07.05")
    letter = cover_letter(BY_CODE["U020"], STEP["dinsos"], TOWN, now, DAY)
    assert letter["Subject"] == "Presensi Datang Dinas Sosial, Selasa, 24 November 2026"
    assert letter["From"] == "Petugas Rekap Dinas Sosial <petugas.rekap@dinsos.presensi.test>"
    assert letter["To"] == BOX_OPD
    assert str(letter) == str(cover_letter(BY_CODE["U020"], STEP["dinsos"], TOWN, now, DAY))
    assert cover_letter(BY_CODE["U024"], STEP["dpmptsp"], TOWN, now, DAY)["To"] == BOX_UPT


def test_officers_send_what_is_due_and_nothing_else(post: PostOffice, hand: Hand) -> None:
    office = officers(post, hand, "smp1", "inspektorat", "pkmkota")
    assert office.work() == []
    hand.moment = at(DAY, "07.03")
    assert [sent.step.key for sent in office.work()] == ["smp1", "inspektorat"]
    assert office.work() == []
    assert len(post.letters(BOX_UPT)) == len(post.letters(BOX_OPD)) == 1


def test_a_spoofed_sender_fails_and_the_real_one_passes(post: PostOffice, hand: Hand) -> None:
    hand.moment = at(DAY, "07.21")
    officers(post, hand, "smp3", "palsu").work()
    (real,), (spoofed,) = post.letters(BOX_UPT), post.letters(BOX_OPD)
    assert "dmarc=pass" in real.message["Authentication-Results"]
    assert "dmarc=fail header.from=dukcapil.presensi.test" in spoofed.message["Authentication-Results"]
    assert "petugas.rekap@dukcapil" in spoofed.message["From"]


def test_a_duplicate_is_the_same_mail_under_new_stamps(post: PostOffice, hand: Hand) -> None:
    office = officers(post, hand, "bapenda", "bapenda2")
    for moment in ("07.13", "07.14"):
        hand.moment = at(DAY, moment)
        office.work()
    first, second = post.letters(BOX_OPD)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw.partition(b"\r\nFrom:")[2] == second.raw.partition(b"\r\nFrom:")[2]
    assert first.raw != second.raw


def test_who_was_asked_again_waits_for_the_answer_and_replies_to_it(post: PostOffice, hand: Hand) -> None:
    office = officers(post, hand, "satpolrar", "satpol")
    hand.moment = at(DAY, "07.20")
    assert [sent.step.key for sent in office.work()] == ["satpolrar"]
    assert letters_wrong(office)
    reply(office, "satpolrar", "Kiriman belum dapat dibaca")
    assert [sent.step.key for sent in office.work()] == ["satpol"]
    assert office.sent["satpol"].message["In-Reply-To"] == office.answers("satpolrar")[0].message["Message-ID"]


def test_an_automatic_reply_says_so_and_must_stay_unanswered(post: PostOffice, hand: Hand) -> None:
    office = officers(post, hand, "dinsos", "cuti")
    hand.moment = at(DAY, "07.06")
    office.work()
    reply(office, "dinsos")
    (sent,) = office.work()
    assert sent.message["Auto-Submitted"] == "auto-replied"
    assert sent.step.answer is Answer.NEVER
    reply(office, "cuti")
    assert any("(cuti)" in finding.where for finding in letters_wrong(office))


def test_a_state_that_differs_is_named_with_what_it_should_be() -> None:
    units = {c: UnitLine(c, BY_CODE[c].name, w.state, flags=w.flags) for c, w in EXPECTED.items()}
    assert states_wrong(Board(units=units), EXPECTED) == []
    units["U073"] = replace(units["U073"], state="tepat waktu")
    units["U024"] = replace(units["U024"], flags=frozenset())
    del units["U001"]
    found = {finding.where.split()[0]: finding for finding in states_wrong(Board(units=units), EXPECTED)}
    assert set(found) == {"U073", "U024", "U001"}
    assert (found["U073"].wanted, found["U073"].seen) == ("terlambat", "tepat waktu")
    assert found["U024"].wanted == "tepat waktu + salah_alamat"


def test_the_board_is_read_from_the_status_answer() -> None:
    unit = {"code": "U020", "name": "Dinas Sosial", "state": "tepat waktu", "arrived": "2026-11-24T00:05:09+00:00"}
    board = read_board({"counts": {"due": 40}, "units": [unit], "originals": {"messages": 7}})
    assert board.units["U020"].clock_time == "07.05"
    assert (board.count("due"), board.count("late"), board.originals) == (40, 0, 7)
    assert read_board(None).units == {}


def test_the_settings_name_both_mailboxes_and_believe_only_the_post_office() -> None:
    text = settings_text([Box("opd", BOX_OPD, "x"), Box("upt", BOX_UPT, "y")], 10143, 10025)
    assert text.count("[[mailbox]]") == 2
    assert text.count(f'received_by = ["{DESK_HOST}"]') == text.count(f'authserv_id = "{DESK_HOST}"') == 2
    assert '"x"' not in text


def test_the_whole_morning_lasts_about_a_minute() -> None:
    clock = PlayingClock.beginning_in(0, at(DAY, BEGIN), 50)
    assert clock.at(real_now() + timedelta(seconds=60)) >= at(DAY, END)
