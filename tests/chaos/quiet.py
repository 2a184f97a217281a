"""Tulungagung's rules without what the clock sends by itself: runs that count letters count answers alone."""

import re
from pathlib import Path

from domain.profile import load_profile

_BY_CLOCK = ("sheet_mailing", "deadlines.weekly_recap", "deadlines.monthly_recap")
_RULES = Path(__file__).resolve().parents[2] / "domain" / "profiles" / "tulungagung.toml"


def quiet_profile(folder: Path) -> Path:
    """The profile's file in ``folder``: no sheets by mail, no recaps."""
    text = _RULES.read_text("utf-8")
    for block in _BY_CLOCK:
        text = re.sub(rf"(?ms)^\[{re.escape(block)}\]\n.*?(?=^\[)", "", text)
    file = folder / "tanpa_kiriman_jam.toml"
    file.write_text(text, "utf-8")
    assert load_profile(str(file)).sheet_mailing is None
    return file
