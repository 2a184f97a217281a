"""Many mails: a backlog that delays nobody, and every odd mail of the public corpora kept byte for byte."""

import hashlib
import time
from pathlib import Path

from intake.mailbox_health import MailboxState
from tests.fakes.dovecot import Dovecot
from tests.fakes.mail_desk import desk_at, mail, new_user, until


def resident_mb(field: str) -> float:
    """A line of /proc/self/status in megabytes; ``VmHWM`` is the highest since the last reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


async def backlog(dovecot: Dovecot, tmp_path: Path, count: int) -> None:
    user = new_user()
    body = ("y" * 76 + "\r\n") * 60  # about 5 kB
    dovecot.fill(user, (mail(str(n), body) for n in range(count)))
    assert dovecot.count(user) == count  # the server's own first look at the folder is not ours to measure
    desk = desk_at(dovecot.port, user, tmp_path, look_up_s=0.3, read_timeout_s=30)
    Path("/proc/self/clear_refs").write_text("5")
    before = resident_mb("VmRSS")
    async with desk.reading() as reader:
        await desk.recorded(count // 10)
        dovecot.deliver(user, mail("hidup"))
        began = time.monotonic()
        await desk.db.until(lambda: "hidup" in desk.db.subjects()[-500:])
        waited, place = time.monotonic() - began, desk.db.subjects().index("hidup")
        await desk.recorded(count + 1, 120)
        await until(lambda: reader.health().state is MailboxState.WAITING)
    grown = resident_mb("VmHWM") - before
    assert desk.db.subjects()[:20] == [str(n) for n in range(count - 1, count - 21, -1)] or desk.db.batches[0] < 20
    assert waited < 60
    assert place < count / 2, "the live mail waited behind the backlog"
    assert max(desk.db.batches) <= 25
    assert len(desk.db.jobs) == len(set(desk.db.jobs)) == count + 1
    assert grown < 60, f"{grown:.0f} MB"
    print(f"backlog of {count}: live mail after {waited:.1f} s, {grown:.0f} MB more at most")


async def test_must_hold_7_a_backlog_of_ten_thousand_does_not_delay_a_live_mail_and_stays_small(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    await backlog(dovecot, tmp_path, 10_000)


async def corpus(dovecot: Dovecot, tmp_path: Path, paths: list[Path]) -> None:
    user = new_user()
    desk = desk_at(dovecot.port, user, tmp_path, read_timeout_s=30, stream_above=1_000_000)
    for path in paths:
        dovecot.deliver(user, path.read_bytes())
    with dovecot.session(user) as client:
        assert len(client.search(None, "ALL")[1][0].split()) == len(paths)
        served = [
            hashlib.sha256(client.fetch(str(n), "(BODY.PEEK[])")[1][0][1]).hexdigest()  # type: ignore[index,arg-type]
            for n in range(1, len(paths) + 1)
        ]
    async with desk.reading():
        await desk.db.until(lambda: len(desk.db.sightings) == len(paths), 120)
    assert len(desk.db.messages) == len(set(served))
    for sha256 in served:
        assert hashlib.sha256((desk.blobs.folder / sha256).read_bytes()).hexdigest() == sha256
    assert {m.sha256 for m in desk.db.messages.values()} == set(served)
    assert not desk.db.incidents


async def test_must_hold_1_every_mail_of_the_corpus_is_archived_byte_for_byte(
    dovecot: Dovecot, shared: Path, tmp_path: Path
) -> None:
    mails = sorted(path for path in (shared / "data/corpora/mail").rglob("*") if path.is_file())
    assert len(mails) == 815
    await corpus(dovecot, tmp_path, mails)
