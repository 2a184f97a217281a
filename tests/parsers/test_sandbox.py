"""The child processes: nothing gets out of them, and nothing that dies in them takes anything along."""

import asyncio
import os
import select
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.errors import ReadingError, SandboxError
from domain.reading import FileReading, ProblemCode
from parsers.base import ParseContext
from parsers.sandbox import MAX_TASKS, Sandbox

HOSTILE = Path(__file__).with_name("hostile_code")
CONTEXT = ParseContext("berkas", frozenset(), date(2026, 11, 24))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    pool = Sandbox(2, extra_code=[HOSTILE])
    yield pool
    await pool.close()


async def still_works(sandbox: Sandbox) -> bool:
    return await sandbox.run("math.sqrt", 16.0, result=float) == 4.0


async def code_of(sandbox: Sandbox, task: str, *args: object, seconds: float = 10.0) -> ProblemCode:
    with pytest.raises(ReadingError) as raised:
        await sandbox.run(f"hostile_tasks.{task}", *args, result=bytes, seconds=seconds)
    assert str(raised.value).endswith(".")
    return ProblemCode(raised.value.code)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[tuple[str, str, int]]:
    """A data file, a listening unix socket as PostgreSQL's, and a TCP port: all open to this user."""
    secret = tmp_path / "data" / "original"
    secret.parent.mkdir()
    secret.write_text("rahasia")
    place = str(tmp_path / ".s.PGSQL.5432")
    with socket.socket(socket.AF_UNIX) as database, socket.socket() as loopback:
        database.bind(place)
        database.listen()
        loopback.bind(("127.0.0.1", 0))
        loopback.listen()
        yield str(secret), place, loopback.getsockname()[1]


async def test_a_hostile_parser_finds_every_way_out_closed(sandbox: Sandbox, outside: tuple[str, str, int]) -> None:
    outcomes = await sandbox.run("hostile_tasks.break_out", *outside, os.getpid(), result=dict[str, str])
    assert {name for name, said in outcomes.items() if not said.startswith("refused")} == set()
    assert len(outcomes) == 13
    assert await still_works(sandbox)


async def test_no_secret_of_the_service_is_in_a_childs_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSKO_MAIL_PASSWORD", "rahasia-sekali")
    assert "rahasia" not in await sandbox.run("hostile_tasks.own_environment", result=str)
    for pid in sandbox.pids:
        assert b"rahasia" not in Path(f"/proc/{pid}/environ").read_bytes()


async def test_every_protection_is_in_force_and_named(sandbox: Sandbox) -> None:
    assert not any(sandbox.layers().values())
    await sandbox.start()
    missing = [name for name, on in sandbox.layers().items() if not on]
    if set(missing) <= {"landlock"} and missing:
        pytest.skip("kernel tanpa Landlock")
    assert missing == []


@pytest.mark.parametrize(
    ("task", "args", "seconds", "expected"),
    [
        ("allocate", (), 10.0, ProblemCode.BOMB),
        ("spin", (), 0.3, ProblemCode.TOO_SLOW),
        ("leave", (0,), 10.0, ProblemCode.CRASHED),
        ("leave", (3,), 10.0, ProblemCode.CRASHED),
        ("crash", (), 10.0, ProblemCode.CRASHED),
        ("abort", (), 10.0, ProblemCode.BOMB),
        ("panic", (), 10.0, ProblemCode.CRASHED),
        ("bow_out", (), 10.0, ProblemCode.CRASHED),
        ("flood", (), 10.0, ProblemCode.BOMB),
        ("forge", (), 5.0, ProblemCode.CRASHED),
        ("wrong_shape", (), 10.0, ProblemCode.CRASHED),
    ],
)
async def test_whatever_a_parser_does_becomes_a_verdict_and_the_service_lives(
    sandbox: Sandbox, task: str, args: tuple[object, ...], seconds: float, expected: ProblemCode
) -> None:
    assert await code_of(sandbox, task, *args, seconds=seconds) is expected
    assert await still_works(sandbox)


async def test_a_parser_that_prints_does_not_disturb_its_answer(sandbox: Sandbox) -> None:
    assert await sandbox.run("hostile_tasks.chatter", result=int) == 7


async def test_a_poisoned_task_does_not_take_its_neighbour_along(sandbox: Sandbox) -> None:
    await sandbox.start()
    spinning = asyncio.create_task(code_of(sandbox, "spin", seconds=0.5))
    crashed = [await code_of(sandbox, "crash") for _ in range(3)]
    assert await spinning is ProblemCode.TOO_SLOW
    assert crashed == [ProblemCode.CRASHED] * 3


async def test_a_cancelled_task_frees_its_child(sandbox: Sandbox) -> None:
    tasks = [asyncio.create_task(code_of(sandbox, "spin", seconds=60)) for _ in range(2)]
    await sandbox.start()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await still_works(sandbox)


async def test_a_child_killed_between_tasks_is_replaced(sandbox: Sandbox) -> None:
    first = await sandbox.run("hostile_tasks.identify", result=int)
    watched = os.pidfd_open(first)
    os.kill(first, 9)
    select.select([watched], [], [], 10)
    os.close(watched)
    try:
        second = await sandbox.run("hostile_tasks.identify", result=int)
    except ReadingError:  # the event loop had not yet heard of its end
        second = await sandbox.run("hostile_tasks.identify", result=int)
    assert second != first


async def test_a_child_is_warm_for_200_tasks_and_then_replaced() -> None:
    pool = Sandbox(1, extra_code=[HOSTILE])
    pids = [await pool.run("hostile_tasks.identify", result=int) for _ in range(MAX_TASKS + 1)]
    await pool.close()
    assert len(set(pids[:MAX_TASKS])) == 1
    assert pids[MAX_TASKS] != pids[0]


async def test_a_child_that_grew_fat_is_not_kept() -> None:
    pool = Sandbox(1, extra_code=[HOSTILE])
    before = await pool.run("hostile_tasks.identify", result=int)
    await pool.run("hostile_tasks.grow", result=int)
    after = await pool.run("hostile_tasks.identify", result=int)
    await pool.close()
    assert before != after


PARENT = """
import asyncio, sys
from parsers.sandbox import Sandbox
async def main():
    pool = Sandbox(2)
    await pool.start()
    print(*pool.pids, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def test_children_die_with_a_parent_that_is_killed() -> None:
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=root) as parent:
        assert parent.stdout is not None
        watched = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()
    poll = select.poll()
    for fd in watched:
        poll.register(fd, select.POLLIN)
    ended: set[int] = set()
    while len(ended) < len(watched) and (ready := poll.poll(10_000)):
        for fd, _ in ready:
            ended.add(fd)
            poll.unregister(fd)
    for fd in watched:
        os.close(fd)
    assert len(ended) == 2


def test_the_parent_can_hide_its_memory_and_environment() -> None:
    code = (
        "import ctypes; from parsers.confinement import hide_this_process as h; print(h(), ctypes.CDLL(None).prctl(3))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.split() == ["True", "0"]


async def test_a_file_above_the_limit_is_not_even_opened(sandbox: Sandbox) -> None:
    context = ParseContext("besar.xlsx", frozenset(), date(2026, 11, 24), max_bytes=1000)
    reading = await sandbox.read(bytes(1001), context)
    assert [p.code for p in reading.problems] == [ProblemCode.TOO_LARGE]
    assert sandbox.pids == ()


@pytest.mark.parametrize("dotted", ["hostile_tasks.no_such_task", "no_such_room.PARSER.parse"])
async def test_our_own_code_that_does_not_load_is_no_verdict_on_a_file(dotted: str) -> None:
    pool = Sandbox(1, extra_code=[HOSTILE])
    before = await pool.run("hostile_tasks.identify", result=int)
    with pytest.raises(SandboxError, match="tidak dapat dimuat"):
        await pool.run(dotted, b"lembar", result=FileReading)
    # Half an import stays in no child that goes on.
    assert await pool.run("hostile_tasks.identify", result=int) != before
    await pool.close()
