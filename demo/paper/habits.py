"""How offices fill sheets in: shares and rates, ordinary ones and those of hard sheets."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates are shares of cells (``letter`` … ``strike``) or of pages (``row_line``, ``z_line``, ``stamp``).

    ``present`` is the share of people who sign a session, ``away`` that of rows away all week, ``pencil`` of people.
    """

    present: float = 0.955
    away: float = 0.04
    tall: float = 0.05
    tiny: float = 0.03
    pencil: float = 0.015
    dash: float = 0.003
    dot: float = 0.002
    letter: float = 0.002
    tick: float = 0.002
    cross: float = 0.001
    strike: float = 0.002
    row_line: float = 0.10
    z_line: float = 0.05
    stamp: float = 0.15
    stamp_low: float = 0.8  # of the stamps: beside the head's signature rather than over cells


ORDINARY = Habits()
HARD = replace(
    ORDINARY, present=0.72, away=0.1, tall=0.14, tiny=0.08, pencil=0.07, dash=0.025, dot=0.025, letter=0.035, tick=0.02,
    cross=0.015, strike=0.025, row_line=0.5, z_line=0.3, stamp=0.5, stamp_low=0.4,
)  # fmt: skip
"""For training and for the table of other ink."""
