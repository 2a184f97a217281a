"""What reading costs in memory: a process that does nothing else, with the product's libraries alone."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from parsers.base import ParseContext
from parsers.printed_form import PARSER


def _read(files: Sequence[bytes], context: ParseContext) -> float:
    for data in files:
        PARSER.parse(data, context)
    # Not getrusage: its peak is born with the parent's.
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def peak_memory(files: Sequence[bytes], context: ParseContext) -> float:
    """Megabytes at most while ``files`` are read one after the other."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_read, files, context).result()
