"""The desk for whoever watches: an account to enter it, and the desk kept open when the day is over."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from rich.console import Console

from demo.clock import PlayingClock, real_now
from demo.service import Service

ACCOUNT, ROLE, FULL_NAME = "penerima", "penerima", "Penerima Peragaan"
_LOOK_SECONDS = 0.3
_UP_AGAIN = 40.0


def open_account(service: Service, console: Console) -> str:
    """Make the account and say how to enter; returns the same in short."""
    password = service.add_account(ACCOUNT, ROLE, FULL_NAME)
    console.print(
        f"Meja penerima selama peragaan: {service.url}\n"
        f"  akun {ACCOUNT}, sandi pertama {password} (diganti saat pertama masuk)",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    return f"meja {service.url}, akun {ACCOUNT}, sandi {password}"


def keep_open(service: Service, clock: PlayingClock, console: Console, open_still: Callable[[], bool]) -> None:
    """Let the desk go on from the day's end, its clock no longer hurried, until Ctrl-C or ``open_still`` ends it."""
    service.pause()
    # The day's clock is only ever left forwards: by as much as it would show once the service is up again.
    slow = PlayingClock(clock.at(real_now() + timedelta(seconds=_UP_AGAIN)), real_now(), 1)
    service.set_clock(slow.written)
    service.start()
    console.print(
        f"Meja penerima tetap terbuka di {service.url} (akun {ACCOUNT}, sandi seperti di atas); "
        "jamnya berjalan biasa. Ctrl-C mematikan semuanya.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    with suppress(KeyboardInterrupt):
        while open_still() and not service.died():
            time.sleep(_LOOK_SECONDS)
    console.print("Peragaan selesai; semua yang dijalankannya dimatikan.")
