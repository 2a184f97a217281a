"""Durable files: what is renamed into place survives a power cut whole."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

_PIECE = 1 << 20
MODE = 0o400

Watch = Callable[[str], None]


def sha256_of_file(path: Path) -> str:
    """The hash of a file, read in pieces."""
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        while piece := handle.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def write_durably(folder: Path, source: bytes | Path, watch: Watch) -> Path:
    """A temporary file in ``folder`` whose bytes and mode are on the disk; removed again when that fails."""
    number, name = tempfile.mkstemp(dir=folder)
    with ExitStack() as undo:
        undo.callback(Path(name).unlink, missing_ok=True)
        with os.fdopen(number, "wb") as handle:
            if isinstance(source, bytes):
                handle.write(source)
            else:
                with open(source, "rb") as original:
                    shutil.copyfileobj(original, handle, _PIECE)
            handle.flush()
            watch("written")
            os.fchmod(handle.fileno(), MODE)
            os.fsync(handle.fileno())
            watch("synced")
        undo.pop_all()
    return Path(name)


def durable_rename(temporary: Path, target: Path, watch: Watch) -> None:
    """Put ``temporary`` in its place; returns when the name itself is on the disk, new folders included."""
    made = [folder for folder in (target.parent.parent, target.parent) if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(target)
    watch("renamed")
    _sync_folder(target.parent)
    for folder in reversed(made):
        _sync_folder(folder.parent)
    watch("folder synced")


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
