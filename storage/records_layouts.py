"""Records of the forms that offices made themselves."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewLayout:
    """A layout as first seen: ``guess`` is what each column was taken for, ``sha256`` a file that shows it."""

    name: str
    sha256: str
    first_seen_at: datetime
    guess: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutRow(NewLayout):
    """A layout; ``columns`` is None until a person confirmed its map, and empty when it holds as it was guessed."""

    columns: tuple[str, ...] | None
    confirmed_by: str | None
    confirmed_at: datetime | None
