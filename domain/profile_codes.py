"""Status codes of one government (RULES.md 6). The key is stored, the code is printed; nothing is ever guessed (K3)."""

import re
from collections.abc import Mapping

from pydantic import Field

from domain.profile_base import Misfit, Part
from domain.terms import StatusKey


class StatusCode(Part):
    """What a printed code of this government means. ``TK`` means two opposite things in two of them (K1)."""

    key: StatusKey = Field(description=f"arti kode, salah satu dari: {', '.join(StatusKey)}")
    label: str = Field(min_length=1, description="nama dalam legenda, misalnya Dinas Luar")
    accepts: tuple[str, ...] = Field(default=(), description="ejaan lain yang diterima pada lembar, misalnya SAKIT")
    printed: str | None = Field(
        default=None, description="kode yang dicetak laporan bila lain dari kode ini, misalnya TK untuk diklat (BLG F)"
    )
    in_legend: bool = Field(default=True, description="selalu ada dalam legenda; false = hanya bila dipakai (BLG F)")


def plain_code(text: str) -> str:
    """``" d.l. "`` → ``DL``: capitals, no dots, single spaces."""
    return re.sub(r"\s+", " ", text.replace(".", "")).strip().upper()


def spellings_of(codes: Mapping[str, StatusCode]) -> dict[str, StatusKey]:
    """Every accepted spelling; ``Misfit`` when one spelling would have two meanings."""
    known: dict[str, StatusKey] = {}
    for code, status in codes.items():
        for spelling in dict.fromkeys(plain_code(text) for text in (code, *status.accepts)):
            if not spelling or spelling in known:
                place = (code,) if spelling == plain_code(code) else (code, "accepts")
                raise Misfit(place, f'ejaan "{spelling}" kosong atau sudah dipakai kode lain')
            known[spelling] = status.key
    return known
