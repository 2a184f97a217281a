"""``/api/v1``: units, submissions, marks and reports for SIMPEG and TPP systems, as JSON or CSV, by token and scope."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from desk.api_models import Fault, MarkOut, ReportOut, SubmissionOut, UnitOut
from desk.house import House
from desk.recap_page import csv_file
from desk.security import digest
from desk.submission import mark_of
from desk.visitor import house_of
from domain.account import ApiScope
from domain.terms import Session
from storage.engine import UnitOfWork
from storage.records import FactRow
from storage.records_desk import ApiTokenRow

API = "/api/v1"
_FAULTS: dict[int | str, dict[str, Any]] = {
    401: {"model": Fault, "description": "Tanpa token, atau token tidak berlaku"},
    403: {"model": Fault, "description": "Token tidak berhak atas lingkup atau unit itu"},
    404: {"model": Fault, "description": "Tidak ada"},
    422: {"model": Fault, "description": "Isian tidak dapat dipakai"},
}
router = APIRouter(prefix=API, responses=_FAULTS)
_MOST_DAYS = 62
Out = TypeVar("Out", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Caller:
    """A machine that showed a token with the scope of what it asks for."""

    house: House
    token: ApiTokenRow

    async def noted(self, uow: UnitOfWork, what: str, detail: str, rows: int) -> None:
        """Every answer is an export, and in the audit chain."""
        await uow.audit.add("exported", what, detail, f"token:{self.token.id}", self.house.now(), {"rows": rows})

    def may_see(self, unit: str) -> bool:
        """Whether the token is for all units, or for this one."""
        return self.token.unit in (None, unit)


def with_scope(scope: ApiScope) -> Callable[[Request], Coroutine[Any, Any, Caller]]:
    """The dependency of one endpoint: 401 without a living token, 403 without its scope."""

    async def caller(request: Request) -> Caller:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        house = house_of(request)
        row = None
        if kind.lower() == "bearer" and given.strip():
            async with house.db.begin() as uow:
                row = await uow.accounts.token(digest(given.strip()), house.now())
        if row is None:
            raise HTTPException(401, "perlu token", {"WWW-Authenticate": "Bearer"})
        if scope not in row.scopes:
            raise HTTPException(403, f"token ini tidak berhak atas lingkup {scope.value}")
        return Caller(house, row)

    return caller


Form = Annotated[str, Query(alias="format", pattern="^(json|csv)$", description="json atau csv")]
From = Annotated[date, Query(alias="from", description="Tanggal pertama", examples=["2026-11-23"])]
To = Annotated[date, Query(alias="to", description="Tanggal terakhir, paling jauh 62 hari", examples=["2026-11-27"])]
UnitCode = Annotated[str | None, Query(alias="unit", max_length=40, description="Kode unit")]


def _answer(rows: Sequence[Out], model: type[Out], form: str, name: str) -> Any:
    if form == "json":
        return rows
    head = list(model.model_fields)
    plain = [row.model_dump(mode="json") for row in rows]
    return csv_file([head, *([line[field] for field in head] for line in plain)], f"{name}.csv")


def _span(first: date, last: date) -> None:
    if last < first or last - first > timedelta(days=_MOST_DAYS):
        raise HTTPException(422, f"rentang tanggal: from tidak sesudah to, paling jauh {_MOST_DAYS} hari")


def _units(caller: Caller, unit: str | None) -> list[str] | None:
    if unit is not None and not caller.may_see(unit):
        raise HTTPException(403, "token ini hanya untuk satu unit")
    wanted = unit or caller.token.unit
    return None if wanted is None else [wanted]


@router.get("/units", response_model=list[UnitOut], summary="Unit dalam daftar")
async def units(caller: Annotated[Caller, Depends(with_scope(ApiScope.UNITS))], form: Form = "json") -> Any:
    """Units of the present roster; those the token may see."""
    async with caller.house.db.begin() as uow:
        roster = (await caller.house.worlds.load(uow)).roster
        await caller.noted(uow, "units", "all", len(roster.units))
    today = caller.house.today()
    rows = [
        UnitOut(
            code=u.code, name=u.name, kind=u.kind, pattern=int(u.pattern), coordinator=u.coordinator,
            mailbox=u.mailbox, people=len(roster.members(u.code, today)),
        )
        for u in roster.units.values()
        if caller.may_see(u.code)
    ]  # fmt: skip
    return _answer(rows, UnitOut, form, "units")


@router.get("/submissions", response_model=list[SubmissionOut], summary="Kiriman menurut tanggal")
async def submissions(
    caller: Annotated[Caller, Depends(with_scope(ApiScope.SUBMISSIONS))],
    first: From,
    last: To,
    unit: UnitCode = None,
    form: Form = "json",
) -> Any:
    """Submissions of a span of days, in the order of date and number."""
    _span(first, last)
    async with caller.house.db.begin() as uow:
        sheets = await uow.desk_figures.sheets(first, last, _units(caller, unit))
        await caller.noted(uow, "submissions", f"{unit or 'all'}:{first}/{last}", len(sheets))
    tz = caller.house.profile.tz
    rows = [
        SubmissionOut(
            number=s.number, unit=s.unit, date=s.date, session=s.session, received=s.received, at=s.at.astimezone(tz),
            timeliness=s.timeliness.value, late_minutes=s.late_minutes, signed=s.counts.signed,
            reported=s.counts.reported, code=s.counts.code, empty=s.counts.empty, unsure=s.counts.unsure,
        )
        for s in sheets
    ]  # fmt: skip
    return _answer(rows, SubmissionOut, form, "submissions")


@router.get("/marks", response_model=list[MarkOut], summary="Tanda kehadiran satu unit")
async def marks(
    caller: Annotated[Caller, Depends(with_scope(ApiScope.MARKS))],
    first: From,
    last: To,
    unit: Annotated[str, Query(max_length=40, description="Kode unit", examples=["U012"])],
    form: Form = "json",
) -> Any:
    """The current mark of each person, day and session of one unit of which anything is known."""
    _span(first, last)
    _units(caller, unit)
    async with caller.house.db.begin() as uow:
        roster = (await caller.house.worlds.load(uow)).roster
        if unit not in roster.units:
            raise HTTPException(404, f"tidak ada unit berkode {unit}")
        people = {p.person for p in roster.placements if p.unit == unit and p.first <= last}
        facts = await uow.facts.for_people(people, first, last)
        groups: dict[tuple[str, date, Session], list[FactRow]] = {}
        for fact in facts:
            if roster.unit_of(fact.person, fact.date) == unit:
                for session in (fact.session,) if fact.session else tuple(Session):
                    groups.setdefault((fact.person, fact.date, session), []).append(fact)
        await caller.noted(uow, "marks", f"{unit}:{first}/{last}", len(groups))
    tz = caller.house.profile.tz
    rows = []
    for (person, day, session), some in sorted(groups.items()):
        mark = mark_of(some)
        seen = mark.first_seen_at.astimezone(tz) if mark.first_seen_at else None
        rows.append(
            MarkOut(
                person=person,
                unit=unit,
                date=day,
                session=session.value,
                state=mark.state.value,
                key=mark.key.value if mark.key else None,
                first_seen_at=seen,
                verified=mark.verified,
            )
        )
    return _answer(rows, MarkOut, form, "marks")


@router.get("/reports", response_model=list[ReportOut], summary="Laporan terbaru")
async def reports(caller: Annotated[Caller, Depends(with_scope(ApiScope.REPORTS))], form: Form = "json") -> Any:
    """The newest version of each report of the last thirteen months."""
    async with caller.house.db.begin() as uow:
        found = await uow.reports.made_since(caller.house.now() - timedelta(days=400))
        await caller.noted(uow, "reports", "list", len(found))
    rows = [
        ReportOut(
            number=r.number, version=r.version, kind=r.kind, code=r.code, first=r.first, last=r.last, as_of=r.as_of,
            totals=dict(r.totals),
        )
        for r in found
        if caller.token.unit is None or r.code == caller.token.unit
    ]  # fmt: skip
    return _answer(rows, ReportOut, form, "reports")


@router.get("/openapi.json", include_in_schema=False)
async def description(request: Request) -> JSONResponse:
    """The OpenAPI description; it holds no data, and needs no token."""
    return JSONResponse(described(request.app))


def described(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of the endpoints above."""
    made = get_openapi(title="Posko Presensi", version="1", routes=router.routes,
                       description="Data presensi manual untuk SIMPEG dan TPP. Token dibuat admin.")  # fmt: skip
    made.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}]
    return made
