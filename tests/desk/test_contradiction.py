"""Paper or machine in the review queue: shown with both sides, answered by keys, taken back, nothing forgotten."""

from datetime import date

import pytest

from bot.device_differences import DeviceDifferences
from desk.submission import mark_of
from domain.account import Role
from domain.device import DeviceKind
from domain.marks import FactSource, MarkState
from domain.reading import Verdict
from domain.terms import Session, StatusKey
from storage.records import FactRow
from storage.records_desk import NewAccount
from storage.records_devices import NewDevice, NewDeviceUser
from tests.fakes import logs
from tests.fakes.clock import StillClock
from tests.fakes.desk_scene import photo_sheet
from tests.fakes.desk_web import PASSWORD_HASH, Visitor, Web
from tests.fakes.desk_world import AGUS, BUDI, DAY, PROFILE, at
from tests.fakes.rows import new_fact


async def facts_of(web: Web, person: str) -> list[FactRow]:
    async with web.house.db.begin() as uow:
        return [f for f in await uow.facts.for_people([person], DAY, DAY) if f.session is Session.DATANG]


def asked(page: str) -> int:
    return int(page.split('data-pertanyaan="')[1].split('"')[0])


async def contradicting(web: Web, person: str = AGUS) -> None:
    """``person`` is ill on the sheet and at the machine at 07.12."""
    row = await photo_sheet(web.trip, unsure=0)
    now = web.clock.now()
    async with web.house.db.begin() as uow:
        await uow.devices.add(NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "admin", now, number=1, unit="U1"))
        [lobi] = await uow.devices.all()
        await uow.devices.map_user(NewDeviceUser(lobi.id, "2", person, date(2020, 1, 1), "admin", now))
        sick = new_fact(
            "ill", person=person, unit="U1", date=DAY, verdict=Verdict.CODE, code="S", key=StatusKey.SAKIT,
            source=FactSource.DESK, submission_id=row.id, message_id=row.message_id, paper_no=2, recorded_at=at(7),
        )  # fmt: skip
        await uow.facts.add_many([sick])
    await logs.intake(web.house.db, StillClock(at(20))).file("1_attlog.dat", logs.usb(("2", f"{DAY} 07:12:00")))
    assert await DeviceDifferences(web.house.db, StillClock(at(20)), PROFILE).turn() == 1


async def test_both_sides_stand_beside_each_other_and_keys_answer(web: Web) -> None:
    await contradicting(web)
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get("/periksa")).text
        assert "Lembar dan mesin berbeda" in page
        assert "sakit (" in page
        assert "07.12" in page
        assert "lobi" in page
        assert 'value="mesin" data-tombol="1"' in page
        assert 'value="lembar" data-tombol="2"' in page
        assert "rekap mencetak PERLU PERIKSA" in page


@pytest.mark.parametrize(
    ("answer", "state", "key"),
    [
        ("mesin", MarkState.REPORTED, StatusKey.HADIR),
        ("lembar", MarkState.CODE, StatusKey.SAKIT),
        ("kode:DINAS_LUAR", MarkState.CODE, StatusKey.DINAS_LUAR),
    ],
)
async def test_the_answer_is_a_fact_of_that_person_and_is_not_asked_again(
    web: Web, answer: str, state: MarkState, key: StatusKey
) -> None:
    await contradicting(web)
    async with web.visitor(Role.RECEIVER) as visitor:
        number = asked((await visitor.get("/periksa")).text)
        assert (await visitor.post(f"/periksa/{number}", jawaban=answer)).status_code == 303
        assert "Tidak ada yang perlu diperiksa" in (await visitor.get("/periksa")).text
    facts = await facts_of(web, AGUS)
    mark = mark_of(facts)
    assert (mark.state, mark.key, facts[-1].by, facts[-1].source) == (state, key, "desk:rini", FactSource.DESK)
    assert await DeviceDifferences(web.house.db, StillClock(at(20)), PROFILE).look() == 0
    async with web.house.db.begin() as uow:
        assert await uow.review.waiting() == 0
        assert "question_answered" in [row.action for row in await uow.audit.of("desk:rini")]


async def test_taken_back_the_earlier_decision_counts_again_and_nothing_is_forgotten(web: Web) -> None:
    await contradicting(web)
    async with web.visitor(Role.RECEIVER) as visitor, web.visitor(Role.ADMIN) as other:
        number = asked((await visitor.get("/periksa")).text)
        await visitor.post(f"/periksa/{number}", jawaban="mesin")
        assert "Hanya yang memutus" in (await other.post(f"/periksa/{number}/batal")).text
        back = await visitor.post(f"/periksa/{number}/batal")
        assert asked((await visitor.get(back.headers["location"])).text) == number
    facts = await facts_of(web, AGUS)
    assert mark_of(facts).key is StatusKey.SAKIT
    assert [f.key for f in facts if f.source is FactSource.DESK] == [StatusKey.SAKIT, None, StatusKey.SAKIT]


async def test_nonsense_and_ones_own_record_are_refused(web: Web) -> None:
    await contradicting(web, BUDI)
    async with web.house.db.begin() as uow:
        budi = NewAccount(
            "budi", "Budi", Role.RECEIVER, PASSWORD_HASH, web.clock.now(), "uji", person=BUDI, must_change=False
        )
        await uow.accounts.add(budi)
    async with web.client() as client:
        himself = Visitor(client)
        await himself.log_in("budi")
        page = (await himself.get("/periksa")).text
        assert "menyangkut Anda sendiri" in page
        assert "atas nama sendiri" in (await himself.post(f"/periksa/{asked(page)}", jawaban="mesin")).text
        for answer in ("", "kode:ALPA", "kode:HADIR", "ttd"):
            assert "bukan jawaban" in (await himself.post(f"/periksa/{asked(page)}", jawaban=answer)).text
    assert mark_of(await facts_of(web, BUDI)).key is StatusKey.SAKIT
