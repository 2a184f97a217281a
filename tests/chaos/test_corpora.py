"""Odd and hostile files that real software has met make the whole trip: mails, PDFs and workbooks (must hold 1 and 13).

Each original is kept byte for byte, each file has a verdict in time, no child grows fat and the service stays small.
"""

import hashlib
import random
from pathlib import Path

import pytest

from tests.chaos.house import USER, House, Service, house, office_mail

LIMIT = 1.2 * 1024  # MB resident in any child
MAILS, FILES = 815, 330


def corpus(shared: Path, *kinds: str) -> list[Path]:
    return sorted(p for kind in kinds for p in (shared / "data/corpora" / kind).rglob("*") if p.is_file())


def deliver(made: House, mails: list[Path], files: list[Path]) -> None:
    """Mails as they are; each file attached to a mail of a registered office."""
    made.server.deliver(USER, *(path.read_bytes() for path in mails))
    for number, path in enumerate(files):
        mail = office_mail(number % 75 + 1, (path.name, path.read_bytes()), mark=f"{number}")
        made.server.deliver(USER, mail)


def served(made: House) -> list[str]:
    """The hash of each mail as the server hands it out."""
    with made.server.session(USER) as client:
        count = len(client.search(None, "ALL")[1][0].split())
        return [
            hashlib.sha256(client.fetch(str(n), "(BODY.PEEK[])")[1][0][1]).hexdigest()  # type: ignore[index,arg-type]
            for n in range(1, count + 1)
        ]


def check_originals(made: House, expected: list[str], files: list[Path]) -> None:
    assert {row[0] for row in made.rows("SELECT sha256 FROM message")} == set(expected)
    known = {row[0] for row in made.rows("SELECT sha256 FROM file")}
    for path in files:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        assert sha256 in known, path.name
    for sha256 in {*expected, *map(str, known)}:
        original = made.data / "originals" / sha256[:2] / sha256
        assert hashlib.sha256(original.read_bytes()).hexdigest() == sha256
    made.posko("verify")


def check_verdicts(made: House) -> float:
    """Every file has its reading; returns the slowest."""
    unread = made.rows(
        "SELECT name FROM message_file JOIN message ON message.id = message_id "
        "WHERE state = 'done' AND NOT EXISTS (SELECT 1 FROM file_reading r WHERE r.sha256 = message_file.sha256)"
    )
    assert unread == []
    slowest = made.rows("SELECT max((reading->>'seconds')::float) FROM file_reading")[0][0]
    return float(str(slowest))


def through(made: House, service: Service, mails: list[Path], files: list[Path], seconds: float) -> str:
    deliver(made, mails, files)
    expected = served(made)
    assert len(expected) == len(mails) + len(files)
    took = service.until(lambda: made.settled(len(set(expected))), seconds, 0.5)
    assert service.ready()
    slowest = check_verdicts(made)
    assert slowest < 30
    assert service.memory.child <= LIMIT
    states = made.rows("SELECT state, count(*) FROM message GROUP BY state ORDER BY state")
    check_originals(made, expected, files)
    told = f"{len(mails)} mails and {len(files)} files in {took:.0f} s, {states}"
    return f"{told}; slowest file {slowest:.1f} s; {service.memory}"


def test_items_1_and_13_a_sample_of_the_corpora_is_kept_and_judged(shared: Path) -> None:
    dice = random.Random(11)
    mails = dice.sample(corpus(shared, "mail"), 40)
    files = dice.sample(corpus(shared, "pdf", "spreadsheet"), 10)
    with house() as made, made.serving() as service:
        through(made, service, mails, files, 120)
        assert service.memory.peak - service.memory.start < 150


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_items_1_and_13_all_of_the_corpora_are_kept_and_judged(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mails, files = corpus(shared, "mail"), corpus(shared, "pdf", "spreadsheet")
    assert len(mails) == MAILS
    assert len(files) == FILES
    with house() as made, made.serving() as service:
        told = through(made, service, mails, files, 1800)
        assert service.memory.peak - service.memory.start < 250
    with capsys.disabled():
        print(f"\ncorpora: {told}")
