"""Telephones, light and scanners of each school: ranges from which every picture draws its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """One kind of photograph. Lengths in mm on the paper, blur in pixels of the sent picture, shares from 0 to 1."""

    long_side: int = 1600
    fills: Range = (0.86, 0.98)  # of the picture's height or width
    tilt: Range = (0.0, 16.0)  # degrees
    roll: Range = (-5.0, 5.0)
    distance: Range = (1.2, 2.6)  # in page heights
    curl: Range = (0.0, 7.0)
    folded: float = 0.3
    creases: int = 0
    blur: Range = (0.35, 0.95)
    motion: float = 0.25
    motion_reach: Range = (1.0, 4.5)
    noise: Range = (1.0, 5.5)
    sharpen: Range = (0.0, 1.2)
    smear: float = 0.3  # share of pictures with the noise filter of a cheap telephone
    light: Range = (0.45, 1.0)  # darkest part of the lit paper
    shadow: float = 0.45
    glare: float = 0.08
    warmth: Range = (-0.09, 0.05)
    quality: Range = (55, 85)
    twice: float = 0.25  # share of pictures compressed twice
    turned: float = 0.0
    corner: float = 0.0  # share of pictures that cut a corner off
    screen: float = 0.0
    disc: bool = False  # out-of-focus discs instead of a bell-shaped blur


@dataclass(frozen=True, slots=True)
class Scanner:
    """One kind of scan. ``skew`` in degrees, ``noise`` in grey levels, ``one_bit`` the share of fax-like pictures."""

    dpi: tuple[int, ...] = (150, 200, 200, 300)
    skew: Range = (-1.5, 1.5)
    noise: Range = (0.5, 4.0)
    blur: Range = (0.3, 0.9)
    streaks: float = 0.15
    gamma: Range = (0.8, 1.25)
    white: Range = (0.93, 1.08)
    one_bit: float = 0.0
    quality: Range = (55, 92)
    pdf: float = 0.5


_TEST = Camera(
    tilt=(0, 14), roll=(-4, 4), distance=(1.3, 2.2), curl=(0, 6), folded=0.35, blur=(0.4, 0.9), motion=0.2,
    motion_reach=(1.0, 4.0), noise=(1.5, 5.0), sharpen=(0.2, 1.5), smear=0.4, light=(0.5, 0.95), shadow=0.5, glare=0.06,
    warmth=(-0.05, 0.1), quality=(60, 80), twice=0.3, disc=True,
)  # fmt: skip
_TRAIN = Camera()
_VALID = replace(_TRAIN, blur=(0.3, 1.0), noise=(1, 6), warmth=(-0.02, 0.02), quality=(50, 90), disc=True, twice=0.1)


def _sets(base: Camera) -> Mapping[str, Camera]:
    return {
        "photo1600": base,
        "photo1280": replace(base, long_side=1280),
        "turned": replace(base, turned=1.0),
        "cropped": replace(base, corner=1.0),
        "creased": replace(base, creases=9, folded=0.8),
        "screen": replace(base, screen=1.0, curl=(0.0, 0.0), folded=0.0, shadow=0.1),
    }


CAMERAS: Mapping[str, Mapping[str, Camera]] = {"train": _sets(_TRAIN), "valid": _sets(_VALID), "test": _sets(_TEST)}
SCANNERS: Mapping[str, Mapping[str, Scanner]] = {
    school: {"scan": base, "one bit": replace(base, one_bit=1.0)}
    for school, base in {
        "train": Scanner(streaks=0.35),
        "valid": Scanner(noise=(0.5, 5), gamma=(0.7, 1.3), streaks=0.25),
        "test": Scanner(skew=(-2.0, 2.0), noise=(1.0, 3.5), streaks=0.2, gamma=(0.75, 1.15), quality=(60, 88)),
    }.items()
}
