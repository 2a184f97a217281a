"""Reading strangers' files in warm child processes that can do no harm (facts: jobs, "Child processes").

An own small pool over pipes: pebble's children inherit the parent's environment and answer by pickle, which would
let a captured child run code in the parent.
"""

import asyncio
import contextlib
import os
import pickle
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from domain.errors import ReadingError, SandboxError
from domain.reading import FileReading, ProblemCode
from parsers import registry, wire
from parsers.base import MEBIBYTE, ParseContext, onward
from parsers.confinement import LAYERS
from parsers.joined import joined, picture_pages
from parsers.refusals import MESSAGES, refused
from parsers.sandbox_child import FRAME_HEADER, Fault, Task
from parsers.sniff import sniff

T = TypeVar("T")

MAX_TASKS = 200
MAX_ANSWER = 96 * MEBIBYTE
_FAT = 384 * MEBIBYTE  # a child that once grew beyond this is not kept warm
_START_SECONDS = 30.0
_READER = "sandbox/1"
_CODE_ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {
    "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
    # Arrays of 2 MB and more go back to the system at once: a child that reads names stays below 250 MB, not near 380.
    # A lower limit saves 15 MB more and costs half as much processor again (0.35 s a photo for 0.22).
    "MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "2097152",
    # A child is one worker of several: libraries that calculate must not each take every processor.
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip
"""All that a child finds in its environment."""
_BOOTSTRAP = "import sys; sys.path[:0] = sys.argv[2:]; from parsers.sandbox_child import main; main()"
_FAILURES = (ProblemCode.DAMAGED, ProblemCode.CRASHED)
_BY_SIGNAL = {signal.SIGXCPU: ProblemCode.TOO_SLOW, signal.SIGABRT: ProblemCode.BOMB}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a child says of one task."""

    value: Any
    fault: Fault | None


class _Lost(Exception):
    """The child is gone or no longer to be believed; ``code`` says how."""

    def __init__(self, code: ProblemCode, diagnosis: str) -> None:
        self.code = code
        super().__init__(diagnosis)


class _Child:
    """One confined process and the pipes to it."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.layers: dict[str, bool] = {}
        self.tasks = 0
        self.peak = 0

    @classmethod
    async def start(cls, code: Sequence[Path]) -> "_Child":
        """Start and wait until it is confined; raises ``SandboxError``."""
        folders = [str(p) for p in (_CODE_ROOT, *code)]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-B", "-c", _BOOTSTRAP, str(os.getpid()), *folders),
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT, cwd="/", start_new_session=True,
        )  # fmt: skip
        child = cls(process)
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(child.stop)
            try:
                async with asyncio.timeout(_START_SECONDS):
                    child.layers = wire.unpack(await child._receive(), dict[str, bool])
            except (TimeoutError, ValueError, _Lost) as error:
                raise SandboxError(f"proses pembaca berkas tidak dapat dijalankan: {error}") from error
            undo.pop_all()
        return child

    @property
    def worn(self) -> bool:
        """Whether it should make place for a fresh one."""
        return self.process.returncode is not None or self.tasks >= MAX_TASKS or self.peak > _FAT

    async def do(self, task: Task) -> _Answer:
        """Run one task; raises ``_Lost`` when the child did not survive it or overran its time."""
        body = pickle.dumps(task)
        self.tasks += 1
        try:
            async with asyncio.timeout(task.seconds):
                await self._send(body)
                answer = wire.unpack(await self._receive(), _Answer)
        except TimeoutError:
            raise _Lost(ProblemCode.TOO_SLOW, f"no answer in {task.seconds:g} s") from None
        except ValueError as error:
            raise _Lost(ProblemCode.CRASHED, f"malformed answer: {error}") from error
        self.peak = _most_resident(self.process.pid)
        return answer

    async def _send(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(len(body).to_bytes(FRAME_HEADER, "big"))
        self.process.stdin.write(body)
        try:
            await self.process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise await self._died() from None

    async def _receive(self) -> bytes:
        assert self.process.stdout is not None
        try:
            size = int.from_bytes(await self.process.stdout.readexactly(FRAME_HEADER), "big")
            if size > MAX_ANSWER:
                raise _Lost(ProblemCode.BOMB, f"answer of {size} bytes")
            return await self.process.stdout.readexactly(size)
        except asyncio.IncompleteReadError:
            raise await self._died() from None

    async def _died(self) -> _Lost:
        # The pipe may close a moment before the process ends; a child that lives on without it is ended.
        try:
            async with asyncio.timeout(1):
                status = await self.process.wait()
        except TimeoutError:
            return _Lost(ProblemCode.CRASHED, "closed its pipe")
        code = _BY_SIGNAL.get(signal.Signals(-status), ProblemCode.CRASHED) if status < 0 else ProblemCode.CRASHED
        return _Lost(code, f"ended with status {status}")

    def kill(self) -> None:
        """Kill it with all it may have started."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """Kill and reap it; nobody else may be reading from it."""
        self.kill()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        # asyncio lets go of a pipe only when it was read to its end.
        while await self.process.stdout.read(MEBIBYTE):
            pass
        await self.process.wait()


def _failed(reading: FileReading) -> bool:
    """Whether the file as a whole was not understood by its library."""
    return not reading.sheets and any(p.code in _FAILURES for p in reading.problems)


class Sandbox:
    """A pool of ``workers`` confined children, each with one task at a time; belongs to one event loop.

    ``extra_code`` are folders with further packages that children may import (tests' hostile parsers).
    """

    def __init__(self, workers: int = 2, *, extra_code: Sequence[Path] = ()) -> None:
        self._workers = workers
        self._extra_code = tuple(extra_code)
        self._idle: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        self._closed = False
        self._children: set[_Child] = set()
        self._layers: dict[str, bool] = dict.fromkeys(LAYERS, False)
        for _ in range(workers):
            self._idle.put_nowait(None)

    async def start(self) -> None:
        """Warm every child up; raises ``SandboxError`` when none can be confined. Optional: ``run`` starts them too."""
        slots = [self._idle.get_nowait() for _ in range(self._idle.qsize())]
        try:
            for number, child in enumerate(slots):
                slots[number] = child or await self._fresh()
        finally:
            for child in slots:
                self._idle.put_nowait(child)

    async def close(self) -> None:
        """Kill and reap every child; tasks under way end as crashed, later ones raise ``SandboxError``."""
        self._closed = True
        for child in self._children:
            child.kill()
        for _ in range(self._workers):
            child_or_none = await self._idle.get()
            if child_or_none is not None:
                await self._discard(child_or_none)
        for _ in range(self._workers):
            self._idle.put_nowait(None)

    def layers(self) -> dict[str, bool]:
        """Each protection of ``confinement.LAYERS`` and whether the last started child had it in force."""
        return dict(self._layers)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the living children, for measuring."""
        return tuple(child.process.pid for child in self._children if child.process.returncode is None)

    async def run(
        self,
        dotted: str,
        *args: object,
        result: type[T],
        seconds: float = registry.TEXT_SECONDS,
        memory: int = registry.TEXT_MEMORY,
    ) -> T:
        """Call the function ``dotted`` with picklable ``args`` in a child; its value is checked to be a ``result``.

        ``seconds`` is a wall-clock deadline that starts when a child takes the task. Raises ``ReadingError`` with
        a ``ProblemCode`` whatever goes wrong inside, ``SandboxError`` when no child can be started or our own code
        does not load in it: the machine's fault, to be tried again.
        """
        answer = await self._do(Task(dotted, args, seconds, memory))
        if answer.fault is None:
            try:
                return wire.shaped(answer.value, result)
            except ValueError as error:
                answer = replace(answer, fault=Fault(ProblemCode.CRASHED, "", f"wrong shape: {str(error)[:300]}"))
        assert answer.fault is not None
        if answer.fault.ours:
            raise SandboxError(f"pembaca {dotted} tidak dapat dimuat: {answer.fault.diagnosis}")
        fault = ReadingError(answer.fault.code, answer.fault.message or MESSAGES[answer.fault.code])
        fault.add_note(answer.fault.diagnosis)
        raise fault

    async def read(self, data: bytes, context: ParseContext) -> FileReading:
        """Read one file: sniff, registry, child. Whatever the file does becomes a reading with a ``Problem``.

        Raises only ``SandboxError`` (no child can be started: the machine's fault, to be tried again).
        """
        if len(data) > context.max_bytes:
            return refused(ProblemCode.TOO_LARGE, _READER)
        kind = sniff(data, context.filename)
        reading = await self.read_as(registry.choose(kind), data, context)
        return replace(reading, extra={**reading.extra, "kind": kind.value})

    async def read_as(self, line: registry.RegistryLine, data: bytes, context: ParseContext) -> FileReading:
        """Read one file by a given line, whatever its bytes look like."""
        if line.parser is None:
            return refused(line.refusal or ProblemCode.NOT_SHEET, _READER)
        reading = await self._parse(line.parser, line, data, context)
        if line.fallback and _failed(reading):
            second = await self._parse(line.fallback, line, data, context)
            reading = reading if _failed(second) else second
        return await self._with_pictures(line, reading, data, context)

    async def _with_pictures(
        self, line: registry.RegistryLine, reading: FileReading, data: bytes, context: ParseContext
    ) -> FileReading:
        """Pages that the first reader left as pictures, read by those who can see."""
        pages = picture_pages(reading)
        if line.pictures is None or not pages:
            return reading
        return joined(reading, await self.read_as(line.pictures, data, onward(context, pages, reading.seconds)))

    async def _parse(self, parser: str, line: registry.RegistryLine, data: bytes, context: ParseContext) -> FileReading:
        started = time.monotonic()
        try:
            reading = await self.run(
                f"{parser}.parse", data, context, result=FileReading, seconds=line.seconds, memory=line.memory
            )
        except ReadingError as error:
            bare = refused(ProblemCode(error.code), f"{parser.split('.')[-2]}/0")
            reading = replace(bare, extra={"diagnosis": "; ".join(getattr(error, "__notes__", []))})
        return replace(reading, seconds=round(time.monotonic() - started, 3))

    async def _do(self, task: Task) -> _Answer:
        child = await self._idle.get()
        sound: _Child | None = None
        try:
            if self._closed:
                raise SandboxError("kumpulan proses pembaca berkas sudah ditutup")
            if child is not None and child.process.returncode is not None:
                await self._discard(child)
                child = None
            child = child or await self._fresh()
            answer = await child.do(task)
            # A child in which an import failed half-way keeps the halves.
            sound = None if child.worn or (answer.fault is not None and answer.fault.ours) else child
            return answer
        except _Lost as lost:
            return _Answer(None, Fault(lost.code, "", str(lost)))
        finally:
            # Lost, worn, or cancelled in the middle of a task: a child whose state is unknown serves nobody else.
            if child is not None and sound is None:
                await self._discard(child)
            self._idle.put_nowait(sound)

    async def _fresh(self) -> _Child:
        child = await _Child.start(self._extra_code)
        self._children.add(child)
        self._layers = child.layers
        return child

    async def _discard(self, child: _Child) -> None:
        self._children.discard(child)
        await child.stop()


def _most_resident(pid: int) -> int:
    """The most memory the child ever had resident, in bytes; 0 when it is gone.

    Its own ``ru_maxrss`` would not do: that figure survives exec and so begins with the size of this process.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)
