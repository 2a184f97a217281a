"""Forms that offices made themselves: a layout that nobody confirmed yet is remembered, and the receivers are told."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from domain.reading import FileReading
from intake.letters import Outgoing
from parsers.base import LAYOUT, LAYOUT_COLUMNS
from storage.engine import UnitOfWork
from storage.records_layouts import NewLayout
from templates import DESK_NAME, render


async def note_layouts(uow: UnitOfWork, sha256: str, reading: FileReading, outgoing: Outgoing, now: datetime) -> None:
    """Remember the layouts of a reading (``FileReading.extra``, ``parsers.foreign_scan``); news go out once each."""
    names = [name for name in reading.extra.get(LAYOUT, "").split(",") if name]
    maps = reading.extra.get(LAYOUT_COLUMNS, "").split(";")
    for name, columns in zip(names, maps, strict=False):
        guess = tuple(columns.split("|"))
        if await uow.layouts.note(NewLayout(name, sha256, now, guess)):
            shown = " | ".join(word or "(diabaikan)" for word in guess)
            body = render("new_layout", layout=name, columns=shown, desk=outgoing.desk, sender_name=DESK_NAME)
            await outgoing.alert(uow, f"layout:{name}", "Susunan formulir baru menunggu konfirmasi", body, now)


def layouts_used(reading: FileReading, confirmed: Mapping[str, tuple[str, ...]]) -> str:
    """A short name of the confirmed column maps that a reading went by; empty when it went by none."""
    names = [name for name in reading.extra.get(LAYOUT, "").split(",") if name in confirmed]
    said = "|".join(f"{name}:{','.join(confirmed[name])}" for name in names)
    return hashlib.sha256(said.encode()).hexdigest()[:8] if said else ""
