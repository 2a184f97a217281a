"""The child's side: confine, then one task after the other from stdin to stdout.

A frame is eight bytes of length and a body: a pickled task from the parent (who is trusted), a ``parsers.wire``
answer back (the child is not).
"""

import gc
import importlib
import math
import os
import pickle
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from domain.errors import ReadingError
from domain.reading import ProblemCode
from parsers import wire
from parsers.confinement import confine
from parsers.memory import give_back

FRAME_HEADER = 8
_NICENESS = 5  # whoever asks for an answer this second comes before a sheet that is read


@dataclass(frozen=True, slots=True)
class Task:
    """Call ``dotted`` (module and attributes) with ``args`` within ``seconds`` of CPU and ``memory`` bytes."""

    dotted: str
    args: tuple[object, ...]
    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task gave no value: a problem code, words for the sender (may be empty) and for the operator.

    ``ours``: the code that should have read could not even be loaded, which says nothing about the file.
    """

    code: ProblemCode
    message: str
    diagnosis: str
    ours: bool = False


def resolve(dotted: str) -> Any:
    """The object that ``dotted`` names: the longest importable module, then attributes."""
    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError as error:
            if error.name != ".".join(parts[:cut]):
                raise
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(dotted)


def main() -> None:
    """Entry point; ``argv``: the parent's pid, then the code folders."""
    parent, folders = int(sys.argv[1]), [Path(p) for p in sys.argv[2:]]
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Libraries that print must not disturb the frames.
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    os.nice(_NICENESS)
    in_force = confine(parent, folders)
    _send(sink, wire.pack(in_force))
    while header := source.read(FRAME_HEADER):
        body = source.read(int.from_bytes(header, "big"))
        answer = _answer(body)
        del body
        _send(sink, answer)
        del answer
        gc.collect()
        give_back()


def _send(sink: BinaryIO, body: bytes) -> None:
    sink.write(len(body).to_bytes(FRAME_HEADER, "big"))
    sink.write(body)
    sink.flush()


def _answer(body: bytes) -> bytes:
    try:
        task: Task = pickle.loads(body)
        _allow(task)
        answer = _done(task)
    # A stranger's bytes may raise anything at all: this loop's edge turns it into a verdict (BaseException:
    # calamine's panics and a parser's own exit are among it).
    except BaseException as error:  # noqa: BLE001
        answer = wire.pack({"value": None, "fault": fault_of(error)})
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return answer


def _done(task: Task) -> bytes:
    try:
        work = resolve(task.dotted)
    # Whatever keeps our own code from loading (memory, a file of a half-finished update) is no verdict on a file.
    except (ImportError, AttributeError, OSError, SyntaxError, MemoryError) as error:
        fault = Fault(ProblemCode.CRASHED, "", f"{type(error).__name__}: {str(error)[:300]}", ours=True)
        return wire.pack({"value": None, "fault": fault})
    return wire.pack({"value": work(*task.args), "fault": None})


def _allow(task: Task) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (task.memory, resource.RLIM_INFINITY))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # RLIMIT_CPU counts over the life of a warm child.
    budget = math.ceil(usage.ru_utime + usage.ru_stime + task.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (budget, resource.RLIM_INFINITY))


def fault_of(error: BaseException) -> Fault:
    """The verdict on what a task raised."""
    root = error.__cause__ or error
    diagnosis = f"{type(root).__name__}: {str(root)[:300]}"
    if isinstance(error, ReadingError):
        return Fault(ProblemCode(error.code), str(error), diagnosis)
    if isinstance(error, MemoryError):
        return Fault(ProblemCode.BOMB, "", diagnosis)
    # A library that gives up on a file says so by any exception; only a way out of Python is a crash.
    panicked = type(error).__name__ == "PanicException"
    damaged = isinstance(error, Exception) or panicked
    return Fault(ProblemCode.DAMAGED if damaged else ProblemCode.CRASHED, "", diagnosis)
