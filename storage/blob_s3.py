"""Originals in S3-compatible storage, for installations of several machines."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore, S3Store

from domain.errors import ConfigurationError, OriginalMissing
from storage.blob_folder import sha256_of_file

_NAME = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class S3Setting:
    """A bucket; ``endpoint`` None is Amazon's own."""

    bucket: str
    endpoint: str | None = None
    region: str = "us-east-1"
    prefix: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)


def open_s3(setting: S3Setting) -> "S3BlobStore":
    """Connects on first use; raises ``ConfigurationError`` when the setting itself is wrong."""
    plain = bool(setting.endpoint and setting.endpoint.startswith("http://"))
    try:
        store = S3Store(
            setting.bucket,
            prefix=setting.prefix or None,
            endpoint=setting.endpoint,
            region=setting.region,
            access_key_id=setting.access_key,
            secret_access_key=setting.secret_key,
            client_options={"allow_http": plain},
        )
    except BaseError as error:
        raise ConfigurationError(f'[blobs] kind = "s3": {error}') from None
    return S3BlobStore(store, f"s3://{setting.bucket}/{setting.prefix}".rstrip("/"))


class S3BlobStore:
    """``ab/<sha256>`` below one prefix; the service answers for durability."""

    def __init__(self, store: ObjectStore, address: str) -> None:
        """``store``: any obstore; ``address`` begins what ``place`` returns."""
        self._store = store
        self._address = address

    async def put(self, data: bytes) -> str:
        """Keep ``data``; returns its SHA-256. An intact object of that name is left alone."""
        sha256 = hashlib.sha256(data).hexdigest()
        await self._upload(sha256, data)
        return sha256

    async def put_file(self, path: Path) -> str:
        """Keep the file at ``path``, uploaded in parts; the file is removed."""
        sha256 = await asyncio.to_thread(sha256_of_file, path)
        await self._upload(sha256, path)
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return sha256

    async def get(self, sha256: str) -> bytes:
        """The bytes; raises ``OriginalMissing`` when absent or altered."""
        pieces = [piece async for piece in self._pieces(sha256)]
        data = b"".join(pieces)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise OriginalMissing(sha256, "isinya berubah")
        return data

    async def check(self, sha256: str) -> None:
        """Read every byte in pieces; raises ``OriginalMissing`` when absent or altered."""
        digest = hashlib.sha256()
        async for piece in self._pieces(sha256):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            raise OriginalMissing(sha256, "isinya berubah")

    async def exists(self, sha256: str) -> bool:
        """Whether an original of that name is kept."""
        try:
            await obstore.head_async(self._store, _key(sha256))
        except FileNotFoundError:
            return False
        return True

    async def names(self) -> AsyncIterator[str]:
        """The SHA-256 of every kept original."""
        async for key in self._keys():
            name = key.rpartition("/")[2]
            if _NAME.match(name) and key == _key(name):
                yield name

    async def strays(self) -> list[str]:
        """Keys that are no original."""
        return sorted([key async for key in self._keys() if not _fits(key)])

    async def destroy(self, sha256: str) -> bool:
        """Remove an original for good; False when it was gone."""
        if not await self.exists(sha256):
            return False
        await obstore.delete_async(self._store, _key(sha256))
        return True

    def place(self, sha256: str) -> str:
        """The URL of the original."""
        return f"{self._address}/{_key(sha256)}"

    async def _upload(self, sha256: str, data: bytes | Path) -> None:
        try:
            # Two senders of the same bytes: the second finds them there.
            await obstore.put_async(self._store, _key(sha256), data, mode="create")
        except AlreadyExistsError:
            try:
                await self.check(sha256)
            except OriginalMissing:
                await obstore.put_async(self._store, _key(sha256), data, mode="overwrite")

    async def _pieces(self, sha256: str) -> AsyncIterator[bytes]:
        try:
            found = await obstore.get_async(self._store, _key(sha256))
        except FileNotFoundError:
            raise OriginalMissing(sha256, "tidak ada di arsip") from None
        async for piece in found.stream(min_chunk_size=1 << 20):
            yield bytes(piece)

    async def _keys(self) -> AsyncIterator[str]:
        async for batch in obstore.list(self._store):
            for entry in batch:
                yield entry["path"]


def _fits(key: str) -> bool:
    name = key.rpartition("/")[2]
    return bool(_NAME.match(name)) and key == _key(name)


def _key(sha256: str) -> str:
    if not _NAME.match(sha256):
        raise OriginalMissing(sha256, "bukan nama SHA-256")
    return f"{sha256[:2]}/{sha256}"
