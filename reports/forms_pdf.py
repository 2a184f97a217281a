"""The one wrapper around Typst: data in, PDF out. Only the fonts inside the ``typst`` package are used.

Text reaches a template as JSON strings, never as markup: a name such as ``#panic()`` is printed as it stands.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

import templates

_PLACE = Path(templates.__file__).resolve().parent / "forms"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # System fonts differ from desk to desk; the same data must give the same page everywhere.
    return typst.Fonts(include_system_fonts=False)


@lru_cache(maxsize=8)
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(_PLACE / f"{template}.typ", root=_PLACE, font_paths=_fonts(), ignore_system_fonts=True)


def typeset(template: str, data: Mapping[str, Any], *, tagged: bool = True) -> bytes:
    """PDF of ``templates/forms/<template>.typ`` with ``data``; the same data gives the same bytes.

    ``tagged`` adds the structure that screen readers use; drawings have none to add.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    pdf = _compiler(template).compile(sys_inputs=inputs, format="pdf", pdf_tags=tagged, timestamp=0)
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst gave no PDF for {template}")
    return pdf
