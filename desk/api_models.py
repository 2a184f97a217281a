"""What ``/api/v1`` answers, with an example of each; field names are part of the contract."""

import datetime as dt

from pydantic import BaseModel, ConfigDict


class UnitOut(BaseModel):
    """A unit of the roster."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "U012", "name": "Dinas Perhubungan", "kind": "opd", "pattern": 5, "coordinator": "U010",
                "mailbox": "presensi1@bkd.contoh.go.id", "people": 42,
            }
        }
    )  # fmt: skip
    code: str
    name: str
    kind: str
    pattern: int
    coordinator: str | None
    mailbox: str | None
    people: int


class SubmissionOut(BaseModel):
    """A submission: one unit's sheet of one date and session."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": "TLG-20261124-D-0117", "unit": "U012", "date": "2026-11-24", "session": "datang",
                "received": True, "at": "2026-11-24T07:18:00+07:00", "timeliness": "on_time", "late_minutes": 0,
                "signed": 40, "reported": 0, "code": 1, "empty": 1, "unsure": 0,
            }
        }
    )  # fmt: skip
    number: str
    unit: str
    date: dt.date
    session: str
    received: bool
    at: dt.datetime
    timeliness: str
    late_minutes: int
    signed: int
    reported: int
    code: int
    empty: int
    unsure: int


class MarkOut(BaseModel):
    """The current mark of one person in one session; nobody is absent by it (TLG-18)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "person": "197911222006121901", "unit": "U012", "date": "2026-11-24", "session": "datang",
                "state": "signed", "key": "HADIR", "first_seen_at": "2026-11-24T07:18:00+07:00", "verified": True,
            }
        }
    )  # fmt: skip
    person: str
    unit: str
    date: dt.date
    session: str
    state: str
    key: str | None
    first_seen_at: dt.datetime | None
    verified: bool


class ReportOut(BaseModel):
    """The newest version of a report."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": "TLG-RM-2026W48", "version": 1, "kind": "weekly", "code": "5H", "first": "2026-11-23",
                "last": "2026-11-27", "as_of": "2026-11-27T16:15:00+07:00", "totals": {"wajib": 750},
            }
        }
    )  # fmt: skip
    number: str
    version: int
    kind: str
    code: str
    first: dt.date
    last: dt.date
    as_of: dt.datetime
    totals: dict[str, int]


class Fault(BaseModel):
    """Why there is no answer, in Indonesian."""

    model_config = ConfigDict(json_schema_extra={"example": {"detail": "perlu token"}})
    detail: str
