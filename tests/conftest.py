"""Fixtures every room shares."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.fakes.database"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material beside the repository; tests that need it say so when it is missing."""
    place = Path(__file__).resolve().parents[1].parent / "shared"
    if not place.is_dir():
        pytest.skip("butuh folder ../shared (data uji bersama)")
    return place
