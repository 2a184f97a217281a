"""Debian packages that some tests need: installed when missing and the test command may, else the test says why not."""

import os
import shutil
import subprocess
from collections.abc import Mapping

import pytest


def ensure_packages(programs: Mapping[str, str]) -> None:
    """Make each program (key: its path) available from its Debian package (value); else skip with the reason."""
    missing = sorted({package for path, package in programs.items() if not os.path.exists(path)})
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip(f"butuh paket Debian {' '.join(missing)} (sudo apt-get install {' '.join(missing)})")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=quiet, capture_output=True, check=False, timeout=240)
    done = subprocess.run(
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing],
        env=quiet,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode or not all(os.path.exists(path) for path in programs):
        pytest.skip(f"butuh paket Debian {' '.join(missing)}; apt-get gagal: {done.stderr[-300:]}")


def ordinary_user(name: str) -> str | None:
    """The user that servers run as: ``name``, made when we are root; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    known = subprocess.run(["id", "-u", name], capture_output=True, check=False).returncode == 0
    if not known:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=True, timeout=30
        )
    return name
