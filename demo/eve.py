"""What lies before the play: printed sheets leave the desk by mail, and offices sign and photograph theirs."""

import time

from demo.offices import BY_CODE
from demo.post_office import Letter, PostOffice
from demo.programme import Programme
from demo.results import letters
from demo.service import Service
from demo.stage import DemoFailed
from demo.steps import Waits

_PATIENCE = 180.0
_LOOK_SECONDS = 0.2


def hand_out(programme: Programme, service: Service, post: PostOffice) -> None:
    """Run the service until the programme's offices have their sheet, and make the photos; it is stopped again.

    The photos are kept where they are made, so that no camera holds up the play. ``DemoFailed`` when no sheet comes.
    """
    if not programme.printed:
        return
    service.start()
    end = time.monotonic() + _PATIENCE
    while lacking := [code for code in programme.printed if not _sheet(post, code)]:
        if service.died() or time.monotonic() > end:
            names = ", ".join(BY_CODE[code].name for code in lacking)
            raise DemoFailed(f"lembar cetak tidak sampai di {names}; catatan terakhir layanan:\n{service.log_tail()}")
        time.sleep(_LOOK_SECONDS)
    for code, photos in programme.printed.items():
        for letter in _sheet(post, code)[-1:]:
            photos(letter)
    service.pause()


def _sheet(post: PostOffice, code: str) -> list[Letter]:
    return letters(post, BY_CODE[code].address, Waits.SHEET)
