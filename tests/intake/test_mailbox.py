"""A mailbox read from a real Dovecot: nothing lost, nothing twice, whatever people and servers do with it."""

import hashlib
import time
from pathlib import Path

import pytest

from intake.mailbox_health import MailboxState
from tests.fakes.dovecot import Dovecot
from tests.fakes.mail_desk import Desk, desk_at, mail, new_user, until


@pytest.fixture
def desk(dovecot: Dovecot, tmp_path: Path) -> Desk:
    return desk_at(dovecot.port, new_user(), tmp_path)


def served(dovecot: Dovecot, user: str) -> dict[int, str]:
    """SHA-256 of each message as the server gives it to anyone."""
    with dovecot.session(user) as client:
        uids = client.uid("SEARCH", "ALL")[1][0].split()
        return {
            int(uid): hashlib.sha256(client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1]).hexdigest()
            for uid in uids
        }


async def test_must_hold_1_the_original_is_archived_before_it_is_recorded(desk: Desk, dovecot: Dovecot) -> None:
    user = desk.settings.name
    dovecot.deliver(user, mail("satu"), mail("dua"))
    desk.db.refuse = lambda new: None if (desk.blobs.folder / new.sha256).exists() else AssertionError("not archived")
    async with desk.reading():
        await desk.recorded(2)
    assert {m.sha256 for m in desk.db.messages.values()} == set(served(dovecot, user).values())
    assert sorted(desk.db.jobs) == [1, 2]
    first = desk.db.messages[1]
    assert (first.from_address, first.header_id, first.event_id) == (
        "rekap@dishub.go.id",
        f"<{first.subject}@dishub.go.id>",
        first.sha256,
    )
    assert first.size == (desk.blobs.folder / first.sha256).stat().st_size


async def test_a_full_disk_or_a_failing_database_loses_nothing(desk: Desk, dovecot: Dovecot) -> None:
    dovecot.deliver(desk.settings.name, *[mail(str(n)) for n in range(5)])
    full: list[Exception] = [OSError(28, "No space left on device")] * 2
    desk.blobs.refuse = lambda: full.pop() if full else None
    desk.db.fail = [RuntimeError("database gone")]
    async with desk.reading():
        await desk.recorded(5)
    assert sorted(desk.db.subjects()) == ["0", "1", "2", "3", "4"]
    assert len(desk.db.jobs) == 5


async def test_must_hold_3_a_closed_connection_in_idle_is_replaced(desk: Desk, dovecot: Dovecot) -> None:
    async with desk.reading() as reader:
        await until(lambda: reader.health().state is MailboxState.WAITING)
        dovecot.kick(desk.settings.name)
        dovecot.deliver(desk.settings.name, mail("sesudah"))
        await desk.recorded(1)
        assert reader.health().connects >= 2


async def test_must_hold_4_a_new_uidvalidity_rescans_without_new_messages_or_answers(
    desk: Desk, dovecot: Dovecot
) -> None:
    user = desk.settings.name
    dovecot.deliver(user, mail("a"), mail("b"))
    async with desk.reading():
        await desk.recorded(2)
        before = dict(desk.db.messages)
        desk.clock.move(3600)
        dovecot.bump_uidvalidity(user)
        await desk.db.until(lambda: len(desk.db.sightings) == 4)
        dovecot.deliver(user, mail("c"))
        await desk.recorded(3)
    assert {n: desk.db.messages[n] for n in before} == before  # the first arrival is kept
    assert len({place[2] for place in desk.db.sightings}) == 2
    assert desk.db.jobs == [1, 2, 3]


async def test_must_hold_5_the_same_bytes_are_one_message_and_other_bytes_are_linked(
    desk: Desk, dovecot: Dovecot
) -> None:
    user = desk.settings.name
    dovecot.fill(user, [mail("kiriman"), mail("kiriman"), mail("kiriman", "Isi lain.")])
    async with desk.reading():
        await desk.db.until(lambda: len(desk.db.sightings) == 3)
    assert len(desk.db.messages) == 2
    assert desk.db.duplicates == {2: 1}
    assert len(list(desk.blobs.folder.iterdir())) == 2
    assert sorted(set(desk.db.sightings.values())) == [1, 2]


async def test_must_hold_6_mail_that_a_person_touched_is_taken_in_and_its_leaving_is_noted(
    desk: Desk, dovecot: Dovecot
) -> None:
    user = desk.settings.name
    dovecot.deliver(user, *[mail(name) for name in ("dibaca", "dihapus", "ditandai", "dipindah")])
    with dovecot.session(user) as webmail:
        webmail.store("1", "+FLAGS", r"(\Seen \Answered)")
        webmail.store("2", "+FLAGS", r"(\Deleted)")
        webmail.store("3", "+FLAGS", r"(\Flagged $Junk)")
    async with desk.reading():
        await desk.recorded(4)
        with dovecot.session(user) as webmail:
            webmail.create("Arsip")
            webmail.copy("4", "Arsip")
            webmail.store("4", "+FLAGS", r"(\Deleted)")
            webmail.expunge()
        await desk.db.until(lambda: len(desk.db.gone) == 2)
    assert {place[3] for place in desk.db.gone} == {2, 4}
    assert len(desk.db.messages) == 4


async def test_the_mailbox_is_never_changed(desk: Desk, dovecot: Dovecot) -> None:
    user = desk.settings.name
    dovecot.deliver(user, mail("belum dibaca"))
    async with desk.reading():
        await desk.recorded(1)
    with dovecot.session(user) as webmail:
        assert r"\Seen" not in str(webmail.fetch("1", "(FLAGS)"))


async def test_moving_to_a_folder_happens_only_after_the_commit(dovecot: Dovecot, tmp_path: Path) -> None:
    user = new_user()
    desk = desk_at(dovecot.port, user, tmp_path, archive_to="Arsip/Posko")
    dovecot.deliver(user, mail("a"), mail("b"))
    counts: list[int] = []
    desk.db.refuse = lambda new: counts.append(dovecot.count(user))
    async with desk.reading():
        await desk.recorded(2)
        dovecot.deliver(user, mail("c"))
        await desk.recorded(3)
        await until(lambda: dovecot.count(user) == 0)
    assert counts[0] == 2
    assert dovecot.count(user, '"Arsip/Posko"') == 3
    assert len(desk.db.jobs) == 3


async def test_a_kill_between_commit_and_move_is_made_up_for(dovecot: Dovecot, tmp_path: Path) -> None:
    user = new_user()
    desk = desk_at(dovecot.port, user, tmp_path)
    dovecot.deliver(user, mail("a"))
    async with desk.reading():
        await desk.recorded(1)
    moving = desk_at(dovecot.port, user, tmp_path, archive_to="Arsip")
    moving.db = desk.db
    async with moving.reading():
        await until(lambda: dovecot.count(user) == 0)
    assert dovecot.count(user, "Arsip") == 1
    assert desk.db.jobs == [1]


async def test_must_hold_8_forged_date_and_internaldate_lose_against_our_servers_time(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    user = new_user()
    desk = desk_at(dovecot.port, user, tmp_path, received_by=("mx.bkd.go.id",))
    late = "Received: from x by mx.bkd.go.id; Tue, 24 Nov 2026 07:34:00 +0700"
    with dovecot.session(user) as webmail:
        webmail.append(
            "INBOX",
            "",
            '"24-Nov-2025 07:10:00 +0700"',
            mail("telat", "x", late, "Date: Tue, 24 Nov 2026 07:20:00 +0700"),
        )
        webmail.append("INBOX", "", '"24-Nov-2025 07:10:00 +0700"', mail("tanpa"))
    desk.clock.move(2 * 3600)  # the desk was down from 07.00 to 09.00
    async with desk.reading():
        await desk.recorded(2)
    found = {m.subject: m for m in desk.db.messages.values()}
    assert found["telat"].official_at.strftime("%H:%M") == "00:34"
    assert (found["telat"].official_basis, found["telat"].claims["differences"]) == (
        "received",
        ["internaldate", "date"],
    )
    assert found["tanpa"].official_at.strftime("%Y %H:%M") == "2025 00:10"
    assert found["tanpa"].official_basis == "internaldate"
    assert found["telat"].first_seen_at == desk.clock.now()


async def test_must_hold_9_a_poison_mail_first_of_a_hundred_stops_nobody_and_alerts_once(
    desk: Desk, dovecot: Dovecot
) -> None:
    user = desk.settings.name
    dovecot.fill(user, [mail(str(n)) for n in range(100)])
    poison = next((dovecot.maildir(user) / "new").glob("1700000000.*"))
    poison.chmod(0)
    async with desk.reading() as reader:
        await desk.recorded(99)
        await desk.db.until(lambda: bool(desk.db.incidents))
        assert reader.health().unreadable == 1
        dovecot.deliver(user, mail("berikutnya"))
        await desk.recorded(100)
    assert [i.kind for i in desk.db.incidents.values()] == ["mailbox_unreadable"]
    assert "0" not in desk.db.subjects()


async def test_a_mail_that_cannot_be_kept_is_set_aside_and_taken_when_it_can(dovecot: Dovecot, tmp_path: Path) -> None:
    user = new_user()
    desk = desk_at(dovecot.port, user, tmp_path, retry_poison_s=0.5)
    dovecot.fill(user, [mail(str(n)) for n in range(30)])
    bad = ["7"]
    desk.db.refuse = lambda new: ValueError("bad") if new.subject in bad else None
    async with desk.reading():
        await desk.recorded(29)
        await desk.db.until(lambda: desk.db.open_incidents() == ["mailbox_unreadable"])
        bad.clear()
        await desk.recorded(30)
        await desk.db.until(lambda: not desk.db.open_incidents())


async def test_must_hold_10_after_a_window_the_servers_mails_equal_our_rows_else_an_incident(
    desk: Desk, dovecot: Dovecot
) -> None:
    user = desk.settings.name
    dovecot.deliver(user, mail("a"), mail("b"))
    async with desk.reading() as reader:
        await desk.recorded(2)
        assert reader.health().reconciled_at is None
        desk.window = False
        await until(lambda: reader.health().reconciled_at is not None)
        assert not desk.db.incidents
    lost = next(iter(desk.db.sightings))
    del desk.db.sightings[lost]  # a row that is gone: taken in again, and equal again
    async with desk.reading() as reader:
        await until(lambda: reader.health().reconciled_at is not None)
    assert lost in desk.db.sightings
    desk.window = True
    for path in (*dovecot.maildir(user).glob("cur/*"), *dovecot.maildir(user).glob("new/*")):
        path.chmod(0)
    del desk.db.sightings[lost]
    async with desk.reading() as reader:
        await desk.db.until(lambda: desk.db.open_incidents() == ["mailbox_unreadable"])
        desk.window = False
        await desk.db.until(lambda: desk.db.open_incidents() == ["mailbox_unreadable", "mailbox_unreconciled"])
        assert reader.health().reconciled_at is None


async def test_big_mails_are_streamed_to_disk_in_pieces(dovecot: Dovecot, tmp_path: Path) -> None:
    user = new_user()
    desk = desk_at(dovecot.port, user, tmp_path, stream_above=300_000)
    big = mail("besar", "x" * 76 + "\r\n" + ("y" * 76 + "\r\n") * 35_000)
    dovecot.fill(user, [mail("kecil"), big, mail("kecil lagi")])
    async with desk.reading():
        await desk.recorded(3)
    assert {m.sha256 for m in desk.db.messages.values()} == set(served(dovecot, user).values())
    assert {m.subject: m.size for m in desk.db.messages.values()}["besar"] == len(big)


async def test_new_mail_in_idle_is_recorded_within_seconds(desk: Desk, dovecot: Dovecot) -> None:
    async with desk.reading() as reader:
        await until(lambda: reader.health().state is MailboxState.WAITING)
        began = time.monotonic()
        dovecot.deliver(desk.settings.name, mail("baru"))
        await desk.recorded(1)
        assert time.monotonic() - began < 3


async def test_an_empty_mail_and_one_without_headers_are_kept_as_well(desk: Desk, dovecot: Dovecot) -> None:
    dovecot.fill(desk.settings.name, [b"\r\n", b"no headers at all\r\n", b"\x00\xff\xfe\r\n\r\n\x80"])
    async with desk.reading():
        await desk.recorded(3)
    assert {m.sha256 for m in desk.db.messages.values()} == set(served(dovecot, desk.settings.name).values())


async def test_stopping_ends_the_thread_at_once_even_in_idle(desk: Desk) -> None:
    async with desk.reading() as reader:
        await until(lambda: reader.health().state is MailboxState.WAITING)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert reader.health().state is MailboxState.STOPPED
