"""Originals: order of fsync and rename, idempotence, damage, both stores by the same cases."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from domain.errors import ConfigurationError, OriginalMissing
from storage.blobs import Archive, FolderBlobStore, FolderSetting, S3BlobStore, S3Setting, open_blobs

DATA = b"lembar presensi\x00" * 1000
NAME = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["folder", "memory", "local"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    if request.param == "folder":
        return FolderBlobStore(tmp_path / "originals")
    (tmp_path / "bucket").mkdir()
    store = MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "bucket")
    return S3BlobStore(store, "s3://presensi")


async def test_what_is_put_comes_back_and_is_kept_once(archive: Archive, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(DATA)
    assert await archive.put(DATA) == NAME
    assert await archive.put(DATA) == NAME
    assert await archive.put_file(copy) == NAME
    assert not copy.exists()
    assert await archive.put(b"") == hashlib.sha256(b"").hexdigest()
    assert await archive.get(NAME) == DATA
    await archive.check(NAME)
    assert await archive.exists(NAME)
    assert not await archive.exists("0" * 64)
    assert {name async for name in archive.names()} == {NAME, hashlib.sha256(b"").hexdigest()}
    assert await archive.strays() == []
    assert NAME in archive.place(NAME)


async def test_a_missing_original_is_said_so(archive: Archive) -> None:
    for ask in (archive.get, archive.check):
        with pytest.raises(OriginalMissing, match="tidak ada"):
            await ask("0" * 64)
        with pytest.raises(OriginalMissing, match="bukan nama"):
            await ask("../../etc/passwd")


async def test_a_changed_byte_is_found_and_the_next_arrival_puts_it_right(tmp_path: Path) -> None:
    folder = FolderBlobStore(tmp_path / "folder")
    (tmp_path / "bucket").mkdir()
    bucket = S3BlobStore(LocalStore(tmp_path / "bucket"), "s3://presensi")
    for archive, base in ((folder, tmp_path / "folder"), (bucket, tmp_path / "bucket")):
        await archive.put(DATA)
        file = base / NAME[:2] / NAME
        file.chmod(0o600)
        file.write_bytes(DATA[:-1] + b"\x01")
        for ask in (archive.get, archive.check):
            with pytest.raises(OriginalMissing, match="berubah"):
                await ask(NAME)
        copy = tmp_path / "copy"
        copy.write_bytes(DATA)
        await archive.put_file(copy)
        assert await archive.get(NAME) == DATA


async def test_originals_are_read_only_and_fanned_out(tmp_path: Path) -> None:
    archive = FolderBlobStore(tmp_path / "originals")
    await archive.put(DATA)
    file = Path(archive.place(NAME))
    assert file.relative_to(tmp_path / "originals") == Path(NAME[:2], NAME)
    assert file.stat().st_mode & 0o777 == 0o400
    (tmp_path / "originals" / "asing.txt").write_text("x")
    (file.parent / ("0" * 64)).write_text("x")
    assert len(await archive.strays()) == 2


class PowerCut(BaseException):
    pass


def breaking_at(step: str) -> Callable[[str], None]:
    def watch(reached: str) -> None:
        if reached == step:
            raise PowerCut

    return watch


async def test_bytes_are_synced_before_they_get_their_name_and_the_name_before_put_returns(tmp_path: Path) -> None:
    steps: list[str] = []
    await FolderBlobStore(tmp_path / "originals", steps.append).put(DATA)
    assert steps == ["written", "synced", "renamed", "folder synced"]


@pytest.mark.parametrize("step", ["written", "synced", "renamed", "folder synced"])
async def test_a_power_cut_leaves_the_original_whole_or_not_at_all(tmp_path: Path, step: str) -> None:
    with pytest.raises(PowerCut):
        FolderBlobStore(tmp_path / "originals", breaking_at(step))._put(DATA)
    archive = FolderBlobStore(tmp_path / "originals")
    if await archive.exists(NAME):
        await archive.check(NAME)
    assert await archive.strays() == []
    assert await archive.put(DATA) == NAME
    assert await archive.get(NAME) == DATA


def test_the_setting_chooses_the_store(tmp_path: Path) -> None:
    assert isinstance(open_blobs(FolderSetting(tmp_path / "a")), FolderBlobStore)
    setting = S3Setting("presensi", "http://127.0.0.1:9000", prefix="asli", access_key="a", secret_key="rahasia")
    assert open_blobs(setting).place(NAME).startswith("s3://presensi/asli/")
    assert "rahasia" not in repr(setting)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError):
        open_blobs(FolderSetting(tmp_path / "file"))
