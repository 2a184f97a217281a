"""Names for the arrays that the eyes hand on."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Bytes8: TypeAlias = npt.NDArray[np.uint8]
"""A gray (height, width) or RGB (height, width, 3) picture."""
Floats: TypeAlias = npt.NDArray[np.float32]
Doubles: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
