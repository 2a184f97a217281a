"""Originals: immutable, addressed by the SHA-256 of their bytes, in a folder or in S3-compatible storage."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from domain.errors import ConfigurationError, OriginalMissing
from domain.ports import BlobStore
from storage.blob_folder import durable_rename, sha256_of_file, write_durably
from storage.blob_s3 import S3BlobStore, S3Setting, open_s3

__all__ = ["Archive", "BlobSetting", "FolderBlobStore", "FolderSetting", "S3BlobStore", "S3Setting", "open_blobs"]

_NAME = re.compile(r"[0-9a-f]{64}\Z")
_WRITERS = 8  # they wait for the disk, which settles several at once


class Archive(BlobStore, Protocol):
    """A ``BlobStore`` whose originals can be read through without loading them whole (``posko verify``)."""

    async def check(self, sha256: str) -> None:
        """Read every byte; raises ``OriginalMissing`` when absent or when the hash differs."""
        ...

    async def strays(self) -> list[str]:
        """Names in the store that are no original and no work of ours in progress."""
        ...

    async def destroy(self, sha256: str) -> bool:
        """Remove an original for good, after its tombstone was written (``storage.retention``); False when gone."""
        ...


@dataclass(frozen=True, slots=True)
class FolderSetting:
    """Originals in a folder of this machine, or of a shared file system."""

    path: Path


BlobSetting = FolderSetting | S3Setting


def open_blobs(setting: BlobSetting) -> Archive:
    """The store that the settings name; raises ``ConfigurationError`` when it cannot be used."""
    if isinstance(setting, S3Setting):
        return open_s3(setting)
    try:
        return FolderBlobStore(setting.path)
    except OSError as error:
        raise ConfigurationError(f"folder berkas asli tidak dapat dipakai: {error}", file=str(setting.path)) from None


class FolderBlobStore:
    """``ab/<sha256>`` below one folder, mode 0400. One level: a second would cost a new folder, and two more fsyncs,
    for nearly every original.

    A name appears only when its bytes are on the disk: temporary file in the same file system, fsync, rename, fsync of
    the folder. ``watch`` is told of each of these steps; tests break off there.
    """

    def __init__(self, path: Path, watch: Callable[[str], None] = lambda step: None) -> None:
        """Makes the folder (0700) when it is missing."""
        self._path = path
        self._watch = watch
        # Own threads: in the loop's few, a name server that does not answer would keep an original waiting.
        self._writers = ThreadPoolExecutor(_WRITERS, "arsip")
        self._incoming = path / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)

    async def put(self, data: bytes) -> str:
        """Keep ``data`` durably; returns its SHA-256. A second time changes nothing."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._put, data)

    async def put_file(self, path: Path) -> str:
        """Keep the file at ``path`` durably without loading it whole; the file is moved or copied away."""
        return await asyncio.to_thread(self._put_file, path)

    async def get(self, sha256: str) -> bytes:
        """The bytes; raises ``OriginalMissing`` when absent or altered."""
        return await asyncio.to_thread(self._get, sha256)

    async def check(self, sha256: str) -> None:
        """Read every byte in pieces; raises ``OriginalMissing`` when absent or altered."""
        await asyncio.to_thread(self._check, sha256)

    async def exists(self, sha256: str) -> bool:
        """Whether an original of that name is kept."""
        return await asyncio.to_thread(self._file(sha256).is_file)

    async def names(self) -> AsyncIterator[str]:
        """The SHA-256 of every kept original."""
        for folder in await asyncio.to_thread(self._folders):
            for name in await asyncio.to_thread(os.listdir, folder):
                if self._file_name_fits(name, folder):
                    yield name

    async def strays(self) -> list[str]:
        """Paths below the folder that are no original."""
        return await asyncio.to_thread(self._strays)

    async def destroy(self, sha256: str) -> bool:
        """Remove an original for good; False when it was gone."""
        return await asyncio.to_thread(self._destroy, sha256)

    def place(self, sha256: str) -> str:
        """The path of the original."""
        return str(self._file(sha256))

    def _file(self, sha256: str) -> Path:
        if not _NAME.match(sha256):
            raise OriginalMissing(sha256, "bukan nama SHA-256")
        return self._path / sha256[:2] / sha256

    def _put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._file(sha256)
        if not self._already(target, sha256):
            durable_rename(write_durably(self._incoming, data, self._watch), target, self._watch)
        return sha256

    def _put_file(self, path: Path) -> str:
        sha256 = sha256_of_file(path)
        target = self._file(sha256)
        if not self._already(target, sha256):
            durable_rename(write_durably(self._incoming, path, self._watch), target, self._watch)
        path.unlink(missing_ok=True)
        return sha256

    def _already(self, target: Path, sha256: str) -> bool:
        """A damaged original is put right by the next arrival of the same bytes."""
        return target.is_file() and sha256_of_file(target) == sha256

    def _get(self, sha256: str) -> bytes:
        try:
            data = self._file(sha256).read_bytes()
        except FileNotFoundError:
            raise OriginalMissing(sha256, "tidak ada di arsip") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise OriginalMissing(sha256, "isinya berubah")
        return data

    def _check(self, sha256: str) -> None:
        try:
            found = sha256_of_file(self._file(sha256))
        except FileNotFoundError:
            raise OriginalMissing(sha256, "tidak ada di arsip") from None
        if found != sha256:
            raise OriginalMissing(sha256, "isinya berubah")

    def _destroy(self, sha256: str) -> bool:
        try:
            self._file(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def _folders(self) -> list[Path]:
        return sorted(folder for folder in self._path.glob("[0-9a-f][0-9a-f]") if folder.is_dir())

    def _file_name_fits(self, name: str, folder: Path) -> bool:
        return bool(_NAME.match(name)) and self._file(name).parent == folder

    def _strays(self) -> list[str]:
        found = []
        for folder, _, files in os.walk(self._path):
            if Path(folder) != self._incoming:
                found += [str(Path(folder) / name) for name in files if not self._file_name_fits(name, Path(folder))]
        return sorted(found)
