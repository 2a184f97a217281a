"""The words of attendance devices: kinds, states of an upload, flags on a device's clock (facts: devices)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNKNOWN = -1
"""A verify mode or state that the layout does not tell."""


class DeviceKind(StrEnum):
    """How a device's log reaches us."""

    FILE = "file"  # USB exports
    ADMS = "adms"  # the device calls: ZKTeco PUSH
    ZK = "zk"  # we call: port 4370
    FKWEB = "fkweb"  # the device calls: Fingerspot Revo
    FINGERSPOT = "fingerspot"  # the maker's cloud: webhook and pull
    SOLUTION = "solution"  # we call: SOAP


class UploadState(StrEnum):
    """Where an upload stands. KEPT: archived, not read yet. ASKS: waits for an operator's word on its layout."""

    KEPT = "kept"
    ASKS = "asks"
    DONE = "done"


class FlagCode(StrEnum):
    """What is odd about an upload as a whole."""

    CLOCK_JUMP = "clock_jump"  # by file order the clock stood far back for a while (power cut)
    FUTURE = "future"  # punches later than the moment they were received
    DRIFT = "drift"  # the device's clock is more than two minutes off
    NUL_BYTES = "nul_bytes"
    NUMBER_CONTRADICTS = "number_contradicts"  # the file name's number is not the device column's
    DEVICE_CREATED = "device_created"
    DEVICE_UNKNOWN = "device_unknown"
    LAYOUT_UNKNOWN = "layout_unknown"
    DATE_ORDER_UNKNOWN = "date_order_unknown"  # DD/MM or MM/DD: asked, never guessed
    NO_SECONDS = "no_seconds"


@dataclass(frozen=True, slots=True)
class ClockFlag:
    """A flag with its range: ``first``..``last`` are the doubtful raw local times, ``after`` and ``before`` the sound
    ones that bracket them in the order of the file (None: no such neighbour), ``lines`` the first and last line.
    """

    code: FlagCode
    first: datetime | None = None
    last: datetime | None = None
    after: datetime | None = None
    before: datetime | None = None
    lines: tuple[int, int] | None = None
    count: int = 0
    seconds: float = 0.0


class Provisional(StrEnum):
    """What was said of a day without presence and keterangan (MLG-07); final is only what TLG-18 makes so."""

    SET = "set"  # "sementara"
    REPLACED = "replaced"  # by presence or keterangan, up to the cut-off
