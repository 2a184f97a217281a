"""What reading costs in memory: a process that does nothing else, with the product's libraries alone."""

import resource
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from parsers.base import ParseContext
from parsers.printed_form import PARSER


def _read(files: Sequence[bytes], context: ParseContext) -> float:
    for data in files:
        PARSER.parse(data, context)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_memory(files: Sequence[bytes], context: ParseContext) -> float:
    """Megabytes at most while ``files`` are read one after the other."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_read, files, context).result()
