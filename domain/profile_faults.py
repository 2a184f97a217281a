"""From a failed check of a profile to one sentence for the person who wrote the file: where, what, what instead."""

import re
import tomllib
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from domain.profile_base import Misfit
from domain.toml_place import Place, line_of


def toml_line(error: tomllib.TOMLDecodeError) -> int | None:
    """The line that ``tomllib`` names only within its message; None at the end of the file."""
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else None


def explain(error: ValidationError, model: type[BaseModel], text: str) -> tuple[str, int]:
    """One fault of a checked TOML ``text`` and the line of its key (of the nearest table if the key is missing)."""
    # A misspelt key is unknown and missing at once; the unknown one is what the person wrote.
    faults = sorted(error.errors(include_url=False), key=lambda fault: fault["type"] != "extra_forbidden")
    place, sentence = _fault(faults[0], model)
    more = f" (dan {len(faults) - 1} kesalahan lain)" if len(faults) > 1 else ""
    return f"{sentence}{more}", _line(text, place)


def _line(text: str, place: Place) -> int:
    """The line of ``place``, else of the first table below it; a key missing at the top level belongs on line 1."""
    found = line_of(text, place) or line_of(text, (*place, 0))
    below = (n for n, line in enumerate(text.splitlines(), 1) if line.startswith(f"[{_dotted(place)}."))
    return found or next(below, 1)


def _fault(fault: ErrorDetails, model: type[BaseModel]) -> tuple[Place, str]:
    # pydantic marks a wrong key of a mapping with "[key]" behind it.
    place: Place = tuple(part for part in fault["loc"] if part != "[key]")
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, Misfit):
        place = (*place, *cause.place)
        return place, f"{_dotted(place)}: {cause}"
    field = _field_at(place, model)
    expected = field.description if field and field.description else "lihat contoh profil"
    if fault["type"] == "missing":
        return place, f"kunci wajib {_dotted(place)} belum ada; diharapkan: {expected}"
    if fault["type"] == "extra_forbidden":
        return place, f"kunci {_dotted(place)} tidak dikenal; yang dikenal: {', '.join(_known(place, model))}"
    written = f" = {fault['input']!r}" if isinstance(fault["input"], str | int | float) else ""
    return place, f"{_dotted(place)}{written} tidak dapat diterima; diharapkan: {expected}"


def _dotted(place: Place) -> str:
    """``("windows", 0, "opens")`` → ``windows[1].opens``, counted from 1 as people do."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _walk(place: Place, model: type[BaseModel]) -> Iterator[tuple[FieldInfo | None, type[BaseModel]]]:
    """The field and the model reached after each part of ``place``; keys of mappings and indices do not move."""
    field: FieldInfo | None = None
    for part in place:
        found = model.model_fields.get(str(part))
        if found is not None:
            field, model = found, _model_in(found.annotation) or model
        yield field, model


def _field_at(place: Place, model: type[BaseModel]) -> FieldInfo | None:
    return [field for field, _ in _walk(place, model)][-1]


def _known(place: Place, model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of the table that holds the unknown last part of ``place``."""
    tables = [model, *(table for _, table in _walk(place[:-1], model))]
    return tuple(tables[-1].model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
