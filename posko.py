"""Launcher of the ``posko`` command: finds the rooms, then hands over to ``bot.cli``."""

import sys
from pathlib import Path


def main() -> None:
    """Run the command line. In a wheel the rooms lie under ``_posko`` so that no generic name reaches site-packages."""
    here = Path(__file__).resolve().parent
    rooms = here / "_posko"
    sys.path.insert(0, str(rooms if rooms.is_dir() else here))
    from bot.cli import run  # noqa: PLC0415 - only after sys.path is set

    run()


if __name__ == "__main__":
    main()
