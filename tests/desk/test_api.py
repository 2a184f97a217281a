"""``/api/v1``: tokens, scopes, one unit's token, JSON and CSV, and a description that keeps its word."""

import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema_rs import validator_for

from desk.api import described
from desk.security import digest
from domain.account import ApiScope, Role
from tests.fakes.desk_scene import photo_sheet
from tests.fakes.desk_web import Web
from tests.fakes.desk_world import DAY, at
from tests.fakes.trip import mail, workbook

SPAN = f"from={DAY}&to={DAY}"
PATHS = {
    ApiScope.UNITS: "/api/v1/units",
    ApiScope.SUBMISSIONS: f"/api/v1/submissions?{SPAN}",
    ApiScope.MARKS: f"/api/v1/marks?{SPAN}&unit=U1",
    ApiScope.REPORTS: "/api/v1/reports",
}


async def token(web: Web, *scopes: ApiScope, unit: str | None = None) -> dict[str, str]:
    secret = "-".join(["rahasia", *scopes, unit or ""])
    async with web.house.db.begin() as uow:
        await uow.accounts.add_token("uji", digest(secret), scopes, unit, "uji", web.clock.now())
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("scope", ApiScope)
async def test_without_a_token_nothing_and_with_another_scope_nothing(web: Web, scope: ApiScope) -> None:
    others = [one for one in ApiScope if one is not scope]
    async with web.client() as client:
        for headers in ({}, {"Authorization": "Bearer salah"}, {"Authorization": "Basic x"}):
            answer = await client.get(PATHS[scope], headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert (await client.get(PATHS[scope], headers=await token(web, *others))).status_code == 403
        assert (await client.get(PATHS[scope], headers=await token(web, scope))).status_code == 200


async def test_a_login_of_the_desk_is_no_token(web: Web) -> None:
    async with web.visitor(Role.ADMIN) as visitor:
        for path in PATHS.values():
            assert (await visitor.get(path)).status_code == 401


async def test_marks_and_submissions_say_what_is_known(web: Web) -> None:
    await web.trip.read(mail(workbook(), when=at(7, 20)))
    headers = await token(web, *ApiScope)
    async with web.client() as client:
        [sheet] = (await client.get(PATHS[ApiScope.SUBMISSIONS], headers=headers)).json()
        marks = (await client.get(PATHS[ApiScope.MARKS], headers=headers)).json()
        table = (await client.get(f"{PATHS[ApiScope.MARKS]}&format=csv", headers=headers)).text
    assert (sheet["number"], sheet["reported"], sheet["at"]) == ("TLG-20261124-D-0001", 2, "2026-11-24T07:20:00+07:00")
    datang = [m for m in marks if m["session"] == "datang"]
    assert {(m["state"], m["key"]) for m in datang} == {("reported", "HADIR")}
    assert table.splitlines()[0].lstrip("\ufeff").startswith("person,unit,date,session")
    async with web.house.db.begin() as uow:
        assert [row.action for row in await uow.audit.of("token:1")] == ["exported"] * 3


async def test_a_units_token_sees_that_unit_alone(web: Web) -> None:
    await photo_sheet(web.trip, "U1")
    await photo_sheet(web.trip, "U3")
    headers = await token(web, *ApiScope, unit="U1")
    async with web.client() as client:
        assert [u["code"] for u in (await client.get("/api/v1/units", headers=headers)).json()] == ["U1"]
        sheets = (await client.get(PATHS[ApiScope.SUBMISSIONS], headers=headers)).json()
        assert {s["unit"] for s in sheets} == {"U1"}
        for path in (f"/api/v1/submissions?{SPAN}&unit=U3", f"/api/v1/marks?{SPAN}&unit=U3"):
            assert (await client.get(path, headers=headers)).status_code == 403


async def test_a_revoked_token_opens_nothing(web: Web) -> None:
    headers = await token(web, ApiScope.UNITS)
    async with web.visitor(Role.ADMIN) as admin:
        assert (await admin.post("/admin/token/1/cabut")).status_code == 303
        assert (await admin.post("/admin/token/1/cabut")).status_code == 404
        made = await admin.post("/admin/token", nama="SIMPEG", lingkup="units")
        fresh = made.text.split('class="sekali">')[1].split("<")[0]
        assert (await admin.post("/admin/token", nama="tanpa lingkup")).status_code == 422
    async with web.client() as client:
        assert (await client.get("/api/v1/units", headers=headers)).status_code == 401
        answer = await client.get("/api/v1/units", headers={"Authorization": f"Bearer {fresh}"})
        assert answer.status_code == 200


async def test_a_span_that_cannot_be_is_refused(web: Web) -> None:
    headers = await token(web, ApiScope.SUBMISSIONS)
    async with web.client() as client:
        for span in (
            "from=2026-11-24&to=2026-11-01",
            "from=2026-01-01&to=2026-12-01",
            "from=x&to=y",
            "from=2026-11-24",
        ):
            assert (await client.get(f"/api/v1/submissions?{span}", headers=headers)).status_code == 422


def test_every_example_fits_its_own_schema(web: Web) -> None:
    description = described(web.app)
    for name, schema in description["components"]["schemas"].items():
        if "example" in schema:
            whole = {**schema, "components": description["components"]}
            assert validator_for(whole).is_valid(schema["example"]), name


async def test_no_request_that_the_description_allows_makes_the_server_fail(web: Web) -> None:
    """Schemathesis makes up requests, good and bad ones; the answers are checked against the description."""
    await web.trip.read(mail(workbook(), when=at(7, 20)))
    headers = await token(web, *ApiScope)
    async with web.client() as client:
        raw = (await client.get("/api/v1/openapi.json")).text
    schema = schemathesis.openapi.from_dict(json.loads(raw))
    requests: list[dict[str, Any]] = []
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]

        @settings(max_examples=40, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def collect(case: schemathesis.Case[Any]) -> None:
            requests.append(case.as_transport_kwargs(base_url="http://posko"))

        collect()
    assert len(requests) > 40
    async with web.client() as client:
        for plain in requests:
            plain.pop("cookies", None)
            own = dict(plain.pop("headers", None) or {})
            answer: httpx.Response = await client.request(**plain, headers={**own, **headers})
            assert answer.status_code < 500, (plain, answer.text)
