"""Fixtures of this room; what only root can try is collected only for root."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.postgres import EmbeddedPostgres

collect_ignore = [] if os.geteuid() == 0 else ["test_postgres_as_root.py"]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder of an installation; its server is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="posko-test-") as folder:
        yield Path(folder)
        EmbeddedPostgres(Path(folder)).destroy()
