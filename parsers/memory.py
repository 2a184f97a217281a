"""Memory of a reading child: what was freed goes back to the system, so that steps do not add up."""

import ctypes
from typing import Any

_TRIM: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back() -> None:
    """What the C library keeps of freed memory goes back (glibc; others do so by themselves). Some milliseconds."""
    if _TRIM is not None:
        _TRIM(0)
