"""Kill -9 between every two steps of a chat's way in and out, two workers: nothing lost, nothing recorded twice."""

import subprocess
import time
from collections import Counter

import pytest

from demo.chat.twilio import Fault
from tests.chaos.chat_house import chat_house, phone
from tests.chaos.house import UNITS

STEPS = (
    "archived", "committed", "fetched", "handed on", "claimed", "recorded", "answered", "tried", "sent",
)  # fmt: skip
TALK = ("answered", "tried", "sent")  # steps that a few words reach as well as a sheet does
EACH = 4
PATIENCE = 90.0


def _ended(life: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether the process killed itself meanwhile."""
    try:
        life.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


@pytest.mark.slow
def test_kill_9_between_every_two_steps_of_a_chat_loses_and_doubles_nothing() -> None:
    units: list[int] = []
    words = 0
    spare = iter(range(len(STEPS) * EACH + 1, UNITS + 1))
    killed: Counter[str] = Counter()
    with chat_house() as house:
        house.start("work")
        for number, step in enumerate(STEPS):
            role = "serve" if step in ("archived", "committed") or number % 2 else "work"
            serve = house.start("serve", step if role == "serve" else "-", 2)
            worker = house.start("work", step, 2) if role == "work" else None
            house.wait_until(lambda serve=serve: house.answers() or serve.poll() is not None, 150)  # type: ignore[misc]
            mine = list(range(number * EACH + 1, (number + 1) * EACH + 1))
            units += mine
            writing = [house.sends(unit) for unit in mine] + [
                house.sends(mine[0], "STATUS"),
                house.sends(mine[1], "halo"),
            ]
            if step == "tried":
                house.twilio.faults.append(Fault(hang=20))  # accepted, and the answer never comes
            if step == "sent":
                house.twilio.faults.extend(Fault(status=429, code=20429) for _ in range(5))
            words += 2
            victim, end = worker or serve, time.monotonic() + PATIENCE
            # The other processes take their share of the work: offices write on until the victim has had its own.
            while not _ended(victim, 4.0) and time.monotonic() < end:
                unit = next(spare) if step not in TALK else mine[words % EACH]
                writing.append(house.sends(unit, "STATUS") if step in TALK else house.sends(unit))
                words += step in TALK
                units += [unit] if step not in TALK else []
            killed[step if victim.poll() is not None else "from outside"] += 1
            victim.kill()
            serve.kill()
            serve.wait()
            for one in writing:
                one.result(60)
        house.start("serve")
        house.wait_until(lambda: house.settled(units), 180)
        time.sleep(2)
        house.wait_until(lambda: house.settled(units), 60)
        messages = house.count("SELECT count(*) FROM message")
        assert killed == Counter(STEPS), "every kill falls on its own step"
        assert messages == len(units) + words
        assert house.count("SELECT count(*) FROM submission") == len(units)
        assert house.count("SELECT count(DISTINCT (person, date, session)) FROM fact") == 2 * len(units)
        assert house.count("SELECT count(*) FROM fact") == 2 * len(units)
        receipts = Counter(m.to.rpartition("+")[2] for m in house.twilio.sent() if "Nomor: " in m.body)
        assert set(receipts) == {phone(unit) for unit in units}, "every office has its receipt"
        more = sum(receipts.values()) - len(units)
        gaps = killed["sent"] + killed["tried"] + killed["from outside"]
        assert more <= gaps
        report = house.verify()
        assert report["clean"]
        print(
            f"\nkill -9: {dict(killed)}, {messages} messages by WhatsApp, {len(units)} submissions, "
            f"{sum(receipts.values())} receipts ({more} more than needed)"
        )
