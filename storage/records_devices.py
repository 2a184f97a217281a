"""What enters and leaves the repositories of devices. Local times (``at``, ``first_at`` …) are naive wall times in the
device's zone; every other moment is aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from domain.device import ClockFlag, DeviceKind, Provisional, UploadState


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device to be known. ``serial`` is what it calls itself on the network, ``number`` its number in USB exports.

    ``networks`` are CIDR ranges that it may call from (empty: any that the settings allow); ``address`` is where it
    is called, ``key_file`` the file of its secret, relative to the data folder.
    """

    name: str
    kind: DeviceKind
    zone: str
    added_by: str
    added_at: datetime
    serial: str | None = None
    number: int | None = None
    unit: str | None = None
    place: str = ""
    address: str | None = None
    key_file: str | None = None
    networks: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow(NewDevice):
    """A known device; ``trouble`` is what went wrong at the last attempt to reach it."""

    id: int
    seen_at: datetime | None
    synced_to: datetime | None
    drift_s: float | None
    drift_at: datetime | None
    trouble: str


@dataclass(frozen=True, slots=True)
class NewUpload:
    """One file or post that is already among the originals; UNIQUE(device, sha256)."""

    device_id: int
    sha256: str
    name: str
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRow(NewUpload):
    """A stored upload. ``read`` = ``new`` + duplicates + ``quarantined``."""

    id: int
    state: UploadState
    layout: str
    read: int
    new: int
    quarantined: int
    first_at: datetime | None
    last_at: datetime | None
    users: tuple[str, ...]
    flags: tuple[ClockFlag, ...]
    note: str

    @property
    def duplicate(self) -> int:
        """Punches that were known before this upload."""
        return self.read - self.new - self.quarantined


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading an upload gave; ``users`` are the ids in it."""

    layout: str
    read: int
    new: int
    quarantined: int
    first_at: datetime | None
    last_at: datetime | None
    users: tuple[str, ...] = ()
    flags: tuple[ClockFlag, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PunchRow:
    """A stored punch; -1: unknown verify mode or state."""

    device_id: int
    user_id: str
    at: datetime
    verify: int
    state: int
    work: str
    upload_id: int
    line: int


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """A line that was set aside."""

    upload_id: int
    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class NewDeviceUser:
    """Id ``user_id`` of a device is ``person`` from ``first`` to ``last`` inclusive (None: open)."""

    device_id: int
    user_id: str
    person: str
    first: date
    made_by: str
    made_at: datetime
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceUserRow(NewDeviceUser):
    """A stored mapping."""

    id: int


@dataclass(frozen=True, slots=True)
class UnknownUser:
    """An id without a mapping on some of its days; ``name`` is what the device calls it."""

    device_id: int
    user_id: str
    name: str
    punches: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class NewOffset:
    """Raw times ``first_at`` to ``last_at`` of a device count ``seconds`` later (negative: earlier)."""

    device_id: int
    first_at: datetime
    last_at: datetime
    seconds: int
    reason: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetRow(NewOffset):
    """A stored decision; in force while ``revoked_at`` is None."""

    id: int
    revoked_by: str | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewLayout:
    """``columns`` maps ``user``, ``at`` or ``date`` and ``time``, ``verify``, ``state`` to column numbers from 0."""

    device_id: int
    signature: str
    columns: Mapping[str, Any]
    date_order: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A pattern of working hours; punches count from ``before_minutes`` before it to ``after_minutes`` after it."""

    code: str
    name: str
    starts: time
    ends: time
    before_minutes: int
    after_minutes: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """``person`` works in ``shift`` from ``first`` to ``last`` inclusive, on ``weekdays`` (1 = Monday; empty: all)."""

    person: str
    shift: str
    first: date
    made_by: str
    made_at: datetime
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRow(NewAssignment):
    """A stored assignment."""

    id: int


@dataclass(frozen=True, slots=True)
class NewWord:
    """A word on a person's day without presence and keterangan (MLG-07); never changed."""

    person: str
    unit: str
    date: date
    word: Provisional
    because: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRow(NewWord):
    """A stored word."""

    id: int
