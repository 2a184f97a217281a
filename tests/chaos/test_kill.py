"""Must hold 2: kill -9 between every two steps of the trip: nothing lost, nothing recorded twice."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.postgres import EmbeddedPostgres
from tests.chaos.killing import KEPT, STEPS, USER, Lives, Sending, plan, told
from tests.fakes.dovecot import run_dovecot
from tests.fakes.smtp import run_smtp


@pytest.fixture
def lives() -> Iterator[Lives]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="posko-kill-")))
        data = folder / "data"
        stack.callback(lambda: EmbeddedPostgres(data).destroy())
        made = Lives(data, stack.enter_context(run_dovecot()), stack.enter_context(run_smtp()))
        made.install()
        yield made


def run(lives: Lives, mails: int, kills: int, seed: int) -> None:
    """Deliver ``mails`` in portions and end a life at a crash point after each; then let a last life finish."""
    portion = -(-mails // kills)
    for number, (step, nth) in enumerate(plan(kills, seed)):
        lives.deliver(range(number * portion, min((number + 1) * portion, mails)))
        lives.live(step, nth, seconds=40)
    lives.live_on(mails, seconds=60 + mails)


def check(lives: Lives, mails: int) -> None:
    """Every mail is exactly one original, one submission and two facts; receipts are told, some once more."""
    assert lives.counted("SELECT count(*) FROM message WHERE state = 'done'") == mails
    found = lives.rows("SELECT unit, date, session, timeliness, late_minutes FROM submission")
    expected = {(s.unit, s.day, s.session, "late" if s.late else "on_time", 4 if s.late else 0) for s in _all(mails)}
    assert len(found) == mails
    assert set(found) == expected
    assert lives.counted("SELECT count(*) FROM fact WHERE verdict = 'reported'") == 2 * mails
    assert (
        lives.counted("SELECT count(DISTINCT (person, date, session)) FROM fact WHERE verdict = 'reported'")
        == 2 * mails
    )
    letters = told(lives.sink)
    assert len(letters) == mails
    # Each letter at most once more for each kill that fell between its 250 and our update.
    assert {id_: times for id_, times in letters.items() if times > 1 + lives.once_more[id_]} == {}
    assert (lives.server.count(USER), lives.server.count(USER, KEPT)) == (0, mails)
    report = lives.verify()
    assert report["clean"]
    print(
        f"\nkill -9: {sum(lives.kills.values())} kills {dict(lives.kills)}, {mails} mails, {len(found)} submissions, "
        f"{report['originals']} originals, receipts sent {sum(letters.values())} "
        f"({sum(letters.values()) - mails} more than needed, after {lives.gaps} kills between 250 and our update)"
    )


def _all(mails: int) -> list[Sending]:
    return [Sending(n) for n in range(mails)]


def test_item_2_a_kill_between_every_two_steps_loses_and_doubles_nothing(lives: Lives) -> None:
    run(lives, mails=64, kills=len(STEPS), seed=1)
    assert set(lives.kills) >= set(STEPS) - {"from outside"}
    check(lives, 64)


@pytest.mark.slow
def test_item_2_a_hundred_kills_over_two_thousand_mails_lose_and_double_nothing(lives: Lives) -> None:
    run(lives, mails=2000, kills=104, seed=2)
    assert sum(lives.kills.values()) >= 100
    check(lives, 2000)
