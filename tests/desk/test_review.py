"""The review queue: one doubt before one pair of eyes, facts at once, and the way back."""

import asyncio

from desk.submission import mark_of
from domain.account import REVIEW_LEASE, Role
from domain.decision import Choice, Ruling, rule
from domain.marks import FactSource, MarkState
from domain.outcome import CellDraft, QuestionKind
from domain.reading import Verdict
from domain.terms import Session, StatusKey
from storage.records import FactRow, NewQuestion
from storage.records_desk import NewAccount
from tests.fakes.desk_scene import earlier_parafs, photo_sheet
from tests.fakes.desk_web import PASSWORD_HASH, Visitor, Web
from tests.fakes.desk_world import AGUS, BUDI, DAY, SITI
from tests.fakes.rows import new_fact


async def facts_of(web: Web, person: str) -> list[FactRow]:
    async with web.house.db.begin() as uow:
        return [f for f in await uow.facts.for_people([person], DAY, DAY) if f.session is Session.DATANG]


def asked(page: str) -> int:
    return int(page.split('data-pertanyaan="')[1].split('"')[0])


async def test_an_answer_is_a_fact_of_that_person_and_the_next_doubt_comes(web: Web) -> None:
    row = await photo_sheet(web.trip)
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get("/periksa")).text
        assert "Budi Santoso" in page
        first = asked(page)
        went = await visitor.post(f"/periksa/{first}", jawaban="ttd")
        assert went.headers["location"] == f"/periksa?tadi={first}"
        following = (await visitor.get(went.headers["location"])).text
        assert "Agus Setiawan" in following
        assert "Batalkan jawaban tadi" in following
    facts = await facts_of(web, BUDI)
    assert mark_of(facts).state is MarkState.SIGNED
    assert (facts[-1].source, facts[-1].by, facts[-1].box) == (FactSource.DESK, "desk:rini", facts[0].box)
    async with web.house.db.begin() as uow:
        state = (await uow.submissions.get(row.id)).state
    assert (state.counts.signed, state.counts.unsure) == (2, 1)


async def test_undo_brings_the_doubt_back_and_the_sheet_speaks_again(web: Web) -> None:
    await photo_sheet(web.trip, unsure=1)
    async with web.visitor(Role.RECEIVER) as visitor:
        first = asked((await visitor.get("/periksa")).text)
        await visitor.post(f"/periksa/{first}", jawaban="kosong")
        assert "Tidak ada yang perlu diperiksa" in (await visitor.get("/periksa")).text
        back = await visitor.post(f"/periksa/{first}/batal")
        assert asked((await visitor.get(back.headers["location"])).text) == first
        assert mark_of(await facts_of(web, BUDI)).state is MarkState.TO_CHECK
        await visitor.post(f"/periksa/{first}", jawaban="kode:SAKIT")
    facts = await facts_of(web, BUDI)
    assert mark_of(facts).key is StatusKey.SAKIT
    assert len(facts) == 4  # the sheet, two decisions, and the word that took one back: nothing is forgotten


async def test_only_who_answered_can_take_it_back(web: Web) -> None:
    await photo_sheet(web.trip, unsure=1)
    async with web.visitor(Role.RECEIVER) as visitor, web.visitor(Role.ADMIN) as other:
        first = asked((await visitor.get("/periksa")).text)
        await visitor.post(f"/periksa/{first}", jawaban="ttd")
        assert "Hanya yang memutus" in (await other.post(f"/periksa/{first}/batal")).text
    assert mark_of(await facts_of(web, BUDI)).state is MarkState.SIGNED


async def test_two_people_never_have_the_same_item(web: Web) -> None:
    await photo_sheet(web.trip)
    async with web.visitor(Role.RECEIVER) as one, web.visitor(Role.ADMIN) as two:
        pages = await asyncio.gather(one.get("/periksa"), two.get("/periksa"))
        assert asked(pages[0].text) != asked(pages[1].text)
        assert asked((await one.get("/periksa")).text) == asked(pages[0].text)  # a killed browser finds it again
        taken = await two.post(f"/periksa/{asked(pages[0].text)}", jawaban="ttd")
        assert "sedang memutus" in taken.text
        await two.post(f"/periksa/{asked(pages[1].text)}", jawaban="ttd")
        assert "Sisanya sedang dibuka rekan" in (await two.get("/periksa")).text
        web.clock.move(REVIEW_LEASE.total_seconds() + 1)
        assert asked((await two.get("/periksa")).text) == asked(pages[0].text)


async def test_a_crowd_that_answers_at_once_answers_each_question_once(web: Web) -> None:
    row = await photo_sheet(web.trip)
    async with web.visitor(Role.RECEIVER) as visitor:
        first = asked((await visitor.get("/periksa")).text)
        await asyncio.gather(*(visitor.post(f"/periksa/{first}", jawaban="ttd") for _ in range(6)))
    async with web.house.db.begin() as uow:
        made = [f for f in await uow.facts.for_submission(row.id) if f.source is FactSource.DESK]
    assert len(made) == 1


async def test_a_batch_stays_with_its_sheet_and_skipping_goes_on(web: Web) -> None:
    await photo_sheet(web.trip, "U3")
    row = await photo_sheet(web.trip, "U1")
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(f"/periksa?kiriman={row.number}")).text
        assert row.number in page
        skipped = (await visitor.get(f"/periksa?kiriman={row.number}&lewat={asked(page)}")).text
        assert asked(skipped) != asked(page)
        went = await visitor.post(f"/periksa/{asked(skipped)}", jawaban="kosong", kiriman=row.number)
        assert f"kiriman={row.number}" in went.headers["location"]


async def test_nobody_decides_on_his_own_record(web: Web) -> None:
    await photo_sheet(web.trip, unsure=1)
    async with web.house.db.begin() as uow:
        await uow.accounts.add(
            NewAccount(
                "budi", "Budi", Role.RECEIVER, PASSWORD_HASH, web.clock.now(), "uji", person=BUDI, must_change=False
            )
        )
    async with web.client() as client:
        budi = Visitor(client)
        await budi.log_in("budi")
        page = (await budi.get("/periksa")).text
        assert "menyangkut Anda sendiri" in page
        refused = await budi.post(f"/periksa/{asked(page)}", jawaban="ttd")
        assert "atas nama sendiri" in refused.text
        keyed = await budi.client.post("/kiriman/TLG-20261124-D-0001/isi", data={"csrf": budi.csrf, f"p:{BUDI}": "ttd"})
        assert keyed.status_code == 422
    assert all(f.source is FactSource.SHEET for f in await facts_of(web, BUDI))


async def test_an_unmatched_row_becomes_somebodys_and_its_unsure_cell_is_asked_next(web: Web) -> None:
    row = await photo_sheet(web.trip, unsure=0)
    cells = (
        CellDraft(DAY, Session.DATANG, Verdict.SIGNED),
        CellDraft(DAY, Session.PULANG, Verdict.UNSURE),
    )
    async with web.house.db.begin() as uow:
        new = NewQuestion(row.id, row.message_id, QuestionKind.PERSON, "f" * 64, 0, 5, 6, "Moh. Agus", web.clock.now(),
                          (AGUS, SITI), cells)  # fmt: skip
        await uow.questions.add_many([new])
        word = new_fact("petugas:1", person=AGUS, unit=row.unit, date=row.date, source=FactSource.OFFICER,
                        submission_id=row.id, paper_no=6, sha256="f" * 64)  # fmt: skip
        await uow.facts.add_many([word])
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get("/periksa")).text
        assert "Baris ini milik siapa?" in page
        assert "Moh. Agus" in page
        assert f"Menurut petugas: <b>Drs. Agus Setiawan ({AGUS})" in page
        went = await visitor.post(f"/periksa/{asked(page)}", orang=AGUS)
        following = (await visitor.get(went.headers["location"])).text
    assert "Apa isi kolom ini?" in following
    facts = await facts_of(web, AGUS)
    assert (facts[-1].verdict, facts[-1].source) == (Verdict.SIGNED, FactSource.DESK)


async def test_a_row_of_a_stranger_gives_no_fact(web: Web) -> None:
    row = await photo_sheet(web.trip, unsure=0)
    async with web.house.db.begin() as uow:
        cell = CellDraft(DAY, Session.DATANG, Verdict.SIGNED)
        await uow.questions.add_many(
            [NewQuestion(row.id, row.message_id, QuestionKind.NEWCOMER, "f" * 64, 0, 5, 6, "Tamu", web.clock.now(), (),
                         (cell,))]
        )  # fmt: skip
        before = len(await uow.facts.for_submission(row.id))
    async with web.visitor(Role.RECEIVER) as visitor:
        await visitor.post(f"/periksa/{asked((await visitor.get('/periksa')).text)}", orang="")
        assert "Tidak ada yang perlu diperiksa" in (await visitor.get("/periksa")).text
    async with web.house.db.begin() as uow:
        assert len(await uow.facts.for_submission(row.id)) == before


async def test_nonsense_is_no_answer(web: Web) -> None:
    await photo_sheet(web.trip)
    async with web.visitor(Role.RECEIVER) as visitor:
        first = asked((await visitor.get("/periksa")).text)
        for fields in ({}, {"jawaban": "kode:ALPA"}, {"jawaban": "kode:X"}, {"orang": SITI}, {"jawaban": "ttd:x"}):
            assert 'role="alert"' in (await visitor.post(f"/periksa/{first}", **fields)).text
        assert (await visitor.post("/periksa/99999", jawaban="ttd")).status_code == 404
    assert len(await facts_of(web, BUDI)) == 1


async def test_earlier_parafs_of_the_person_stand_beside_the_cell(web: Web) -> None:
    await earlier_parafs(web.trip)
    await photo_sheet(web.trip, unsure=1)
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get("/periksa")).text
        assert page.count('class="paraf"') == 3
        source = page.split('class="paraf" src="')[1].split('"')[0].replace("&amp;", "&")
        assert (await visitor.get(source)).headers["content-type"] == "image/jpeg"


def test_a_cell_has_no_answer_without_its_person() -> None:
    cell = CellDraft(DAY, Session.DATANG, Verdict.UNSURE)
    assert rule(QuestionKind.CELL, [cell], [], Ruling(choice=Choice.SIGNED)) is None
    assert rule(QuestionKind.CELL, [cell], [SITI], Ruling(choice=Choice.CODE)) is None
    assert rule(QuestionKind.PERSON, [cell], [SITI], Ruling(choice=Choice.EMPTY)) is None
