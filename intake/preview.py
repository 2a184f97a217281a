"""``posko read``: one file's reading with people matched, as the JSON object of DESIGN.md; stores nothing."""

from dataclasses import dataclass
from datetime import date

from domain.identity import How, Match
from domain.reading import Box, Cell, FileReading, HeadMark, Problem, Row, SheetReading
from domain.resolution import Delivery, ReadFile, ResolvedSheet, World, resolve
from domain.terms import Authenticity, Pattern, Scheme
from domain.unit_names import find_unit
from domain.windows import windows_on

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Preview:
    """What is needed to show a reading: the world, the day it is read for, and the file's name and hash."""

    world: World
    day: date
    name: str
    sha256: str


def preview(reading: FileReading, about: Preview) -> JsonObject:
    """The object; a file of several sheets lists the first at the top and every one under ``sheets``."""
    file = ReadFile(about.sha256, about.name, reading)
    opening = windows_on(about.world.profile, about.day, Pattern.FIVE)[0].opens
    nobody = Delivery(0, Scheme.MAIL, opening, opening, None, Authenticity.UNKNOWN_SENDER)
    resolved = resolve(nobody, (file,), about.world).sheets
    sheets = [_sheet(r, about) for r in resolved]
    first = sheets[0] if sheets else {}
    whole: JsonObject = {
        "file": about.name,
        "sha256": about.sha256,
        "kind": first.get("kind", "unreadable"),
        "form": first.get("form"),
        "unit": first.get("unit"),
        "head": first.get("head", HeadMark.ABSENT.value),
        "rows": first.get("rows", []),
        "problems": _problems((*(p for r in resolved for p in r.sheet.problems), *reading.problems)),
        "seconds": round(reading.seconds, 3),
    }
    if len(sheets) > 1:
        whole["sheets"] = sheets
    return whole


def _sheet(resolved: ResolvedSheet, about: Preview) -> JsonObject:
    sheet = resolved.sheet
    return {
        "name": sheet.name,
        "kind": sheet.kind.value,
        "title": sheet.title,
        "dates": [d.isoformat() for d in sheet.dates],
        "form": _form(sheet),
        "unit": _unit(resolved, about.world),
        "head": sheet.head.value,
        "rows": [_row(row, match) for row, match in zip(sheet.rows, resolved.matches, strict=True)],
    }


def _form(sheet: SheetReading) -> JsonObject | None:
    form = sheet.form
    if form is None:
        return None
    return {"id": form.id, "unit": form.unit, "week": form.week, "page": form.page, "pages": form.pages}


def _unit(resolved: ResolvedSheet, world: World) -> JsonObject | None:
    text = resolved.sheet.unit_text
    if resolved.unit is None and text is None:
        return None
    score = find_unit(world.roster.units.values(), text).score if text else 0.0
    return {"code": resolved.unit, "text": text or "", "score": round(score, 3)}


def _row(row: Row, match: Match) -> JsonObject:
    return {
        "no": row.no,
        "name": row.name,
        "nip": row.nip,
        "person": match.person,
        "match": match.how.value if match.how is not How.ASK else How.NONE.value,
        "cells": [_cell(cell) for cell in row.cells],
    }


def _cell(cell: Cell) -> JsonObject:
    return {
        "date": cell.date.isoformat() if cell.date else None,
        "session": cell.session.value if cell.session else None,
        "verdict": cell.verdict.value,
        "code": cell.code,
        "time": f"{cell.time:%H:%M}" if cell.time else None,
        "confidence": round(cell.confidence, 3),
        "box": _box(cell.box),
    }


def _box(box: Box | None) -> list[float] | None:
    return [box.page, box.x0, box.y0, box.x1, box.y1] if box else None


def _problems(problems: tuple[Problem, ...]) -> list[JsonObject]:
    return [{"code": p.code.value, "message": p.message} for p in dict.fromkeys(problems)]
