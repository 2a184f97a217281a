"""Into the desk and out of it: passwords, brakes, the second factor, sessions."""

from datetime import timedelta

import pyotp
import pytest

from desk.security import hash_password, masked, unmasked
from desk.vault import Vault, VaultError, seal_old
from desk.visitor import COOKIE
from domain.account import Role, password_fault
from storage.records_desk import NewAccount
from tests.fakes.desk_web import NAMES, PASSWORD, Visitor, Web, token_in


async def test_a_right_password_opens_the_board_and_a_wrong_one_nothing(web: Web) -> None:
    async with web.client() as client:
        wrong = await client.post("/masuk", data={"nama": "rini", "sandi": "salah sekali"})
        assert wrong.status_code == 401
        assert "tidak cocok" in wrong.text
        assert COOKIE not in client.cookies
        right = await client.post("/masuk", data={"nama": "Rini ", "sandi": PASSWORD})
        assert (right.status_code, right.headers["location"]) == (303, "/papan")
        cookie = right.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert (await client.get("/papan")).status_code == 200


async def test_an_unknown_name_is_answered_like_a_wrong_password(web: Web) -> None:
    async with web.client() as client:
        unknown = await client.post("/masuk", data={"nama": "tidakada", "sandi": "x"})
        known = await client.post("/masuk", data={"nama": "rini", "sandi": "x"})
    assert unknown.status_code == known.status_code == 401
    assert unknown.text.replace("tidakada", "rini") == known.text


async def test_five_wrong_passwords_stop_even_the_right_one_for_a_while(web: Web) -> None:
    async with web.client() as client:
        for _ in range(5):
            await client.post("/masuk", data={"nama": "rini", "sandi": "salah"})
        stopped = await client.post("/masuk", data={"nama": "rini", "sandi": PASSWORD})
        assert stopped.status_code == 429
        other = await client.post("/masuk", data={"nama": "ani", "sandi": PASSWORD})
        assert other.status_code == 303  # nobody else is locked out
        web.clock.move(16 * 60)
        again = await client.post("/masuk", data={"nama": "rini", "sandi": PASSWORD})
        assert again.status_code == 303


async def test_guessing_over_many_names_stops_that_address_alone_also_behind_a_proxy(web: Web) -> None:
    async with web.client("127.0.0.1") as client:
        for number in range(30):
            far = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
            await client.post("/masuk", data={"nama": f"nama{number}", "sandi": "x"}, headers=far)
        right = {"nama": "rini", "sandi": PASSWORD}
        stopped = await client.post("/masuk", data=right, headers={"X-Forwarded-For": "1.1.1.1, 198.51.100.4"})
        other = await client.post("/masuk", data=right, headers={"X-Forwarded-For": "198.51.100.5"})
    assert (stopped.status_code, other.status_code) == (429, 303)
    async with web.client("192.0.2.9") as client:  # not a proxy of ours: what it says of others counts nothing
        for number in range(30):
            lie = {"X-Forwarded-For": f"198.51.100.{number}"}
            await client.post("/masuk", data={"nama": f"lain{number}", "sandi": "x"}, headers=lie)
        assert (await client.post("/masuk", data=right)).status_code == 429


async def test_a_login_goes_on_to_the_page_that_was_asked_for_and_never_to_another_host(web: Web) -> None:
    async with web.client() as client:
        away = await client.get("/periode?x=1")
        assert away.headers["location"] == "/masuk?ke=/periode%3Fx%3D1"
        for to, went in (("/periode", "/periode"), ("https://jahat.test/", "/papan"), ("//jahat.test", "/papan")):
            answer = await client.post("/masuk", data={"nama": "rini", "sandi": PASSWORD, "ke": to})
            assert answer.headers["location"] == went


async def test_a_login_from_another_site_is_refused(web: Web) -> None:
    async with web.client() as client:
        answer = await client.post(
            "/masuk", data={"nama": "rini", "sandi": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"}
        )
    assert answer.status_code == 403


async def test_a_first_password_must_be_changed_before_anything_else(web: Web) -> None:
    async with web.house.db.begin() as uow:
        await uow.accounts.add(
            NewAccount("baru", "Orang Baru", Role.RECEIVER, hash_password("sandi-pertama-1"), web.clock.now(), "uji")
        )
    async with web.client() as client:
        visitor = Visitor(client)
        entered = await visitor.log_in("baru", "sandi-pertama-1")
        assert entered.headers["location"] == "/akun"
        assert (await visitor.get("/papan")).headers["location"] == "/akun"
        short = await visitor.post("/akun/sandi", lama="sandi-pertama-1", baru="pendek", ulang="pendek")
        assert short.status_code == 422
        done = await visitor.post("/akun/sandi", lama="sandi-pertama-1", baru=PASSWORD, ulang=PASSWORD)
        assert done.headers["location"] == "/papan"
        assert (await visitor.get("/papan")).status_code == 200


async def test_a_new_password_ends_every_other_login_of_the_account(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as here, web.visitor(Role.RECEIVER) as there:
        new = "gajah-kereta-pisang"
        await here.post("/akun/sandi", lama=PASSWORD, baru=new, ulang=new)
        assert (await here.get("/papan")).status_code == 200
        assert (await there.get("/papan")).headers["location"] == "/masuk"


async def test_the_second_factor_is_asked_and_each_code_works_once(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        shown = await visitor.post("/akun/kode")
        secret = shown.text.split('name="rahasia" value="')[1].split('"')[0]
        assert "<svg" in shown.text
        assert "style=" not in shown.text
        totp = pyotp.TOTP(secret)
        code = totp.at(int(web.clock.now().timestamp()))
        assert (await visitor.post("/akun/kode", rahasia=secret, kode="000000")).status_code == 422
        assert (await visitor.post("/akun/kode", rahasia=secret, kode=code)).status_code == 303
        assert (await visitor.get("/papan")).status_code == 200
    async with web.client() as client:
        entered = await client.post("/masuk", data={"nama": "rini", "sandi": PASSWORD})
        assert entered.headers["location"] == "/masuk/kode"
        assert (await client.get("/papan")).headers["location"] == "/masuk/kode"
        csrf = token_in((await client.get("/masuk/kode")).text)
        used = await client.post("/masuk/kode", data={"csrf": csrf, "kode": code})
        assert used.status_code == 401
        web.clock.move(60)
        fresh = totp.at(int(web.clock.now().timestamp()))
        assert (await client.post("/masuk/kode", data={"csrf": csrf, "kode": fresh})).status_code == 303
        assert (await client.get("/papan")).status_code == 200


async def test_codes_cannot_be_guessed_for_ever(web: Web) -> None:
    async with web.house.db.begin() as uow:
        account = await uow.accounts.by_name("rini")
        assert account
        await uow.accounts.set_totp(account.id, pyotp.random_base32())
    async with web.client() as client:
        await client.post("/masuk", data={"nama": "rini", "sandi": PASSWORD})
        csrf = token_in((await client.get("/masuk/kode")).text)
        answers = [(await client.post("/masuk/kode", data={"csrf": csrf, "kode": "x"})).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


async def test_a_session_ends_when_idle_and_when_old(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        for _ in range(6):
            web.clock.move(timedelta(minutes=115).total_seconds())
            assert (await visitor.get("/papan")).status_code == 200
        web.clock.move(timedelta(minutes=35).total_seconds())  # twelve hours after the login
        assert (await visitor.get("/papan")).status_code == 303
    async with web.visitor(Role.RECEIVER) as visitor:
        web.clock.move(timedelta(minutes=121).total_seconds())
        assert (await visitor.get("/papan")).status_code == 303


async def test_logging_out_ends_the_session_on_the_server(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        kept = visitor.client.cookies[COOKIE]
        await visitor.post("/keluar")
        visitor.client.cookies.set(COOKIE, kept)
        assert (await visitor.get("/papan")).headers["location"] == "/masuk"


async def test_a_locked_account_is_out_at_once(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        async with web.house.db.begin() as uow:
            account = await uow.accounts.by_name(NAMES[Role.RECEIVER])
            assert account
            await uow.accounts.lock(account.id, web.clock.now())
        assert (await visitor.get("/papan")).status_code == 303
        assert (await visitor.log_in("rini")).status_code == 401


async def test_a_form_without_the_sessions_own_token_is_refused(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor, web.visitor(Role.ADMIN) as other:
        for token in ("", "x", other.csrf, visitor.csrf[:-4]):
            answer = await visitor.client.post("/periode", data={"csrf": token, "mulai": "2026-11-24", "alasan": "x"})
            assert answer.status_code == 403
        async with web.house.db.begin() as uow:
            assert len(await uow.periods.all()) == 1


async def test_cookies_and_passwords_are_stored_as_hashes_only(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        cookie = visitor.client.cookies[COOKIE]
        async with web.house.db.begin() as uow:
            account = await uow.accounts.by_name("rini")
            assert account
            assert account.password_hash.startswith("$argon2id$")
            assert PASSWORD not in repr(account)
            assert await uow.desk_sessions.find(cookie, web.clock.now()) is None


def test_a_mask_hides_the_token_and_comes_off() -> None:
    assert masked("abc") != masked("abc")
    assert unmasked(masked("abc")) == "abc"
    assert unmasked("bukan base64!") == ""


@pytest.mark.parametrize("password", ["pendek", "rini-rini-rini", "aaaaaaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused_with_its_reason(password: str) -> None:
    assert password_fault(password, "rini")


def test_a_long_phrase_is_taken() -> None:
    assert password_fault(PASSWORD, "rini") is None


async def test_the_secret_of_a_second_factor_lies_sealed_and_a_plain_one_of_before_is_sealed_at_the_start(
    web: Web,
) -> None:
    plain = pyotp.random_base32()
    async with web.visitor(Role.RECEIVER) as visitor:
        shown = await visitor.post("/akun/kode")
        secret = shown.text.split('name="rahasia" value="')[1].split('"')[0]
        code = pyotp.TOTP(secret).at(int(web.clock.now().timestamp()))
        assert (await visitor.post("/akun/kode", rahasia=secret, kode=code)).status_code == 303
    async with web.house.db.begin() as uow:
        other = await uow.accounts.by_name("ani")
        assert other
        await uow.accounts.set_totp(other.id, plain)
    assert await seal_old(web.house.db, web.house.vault) == 1
    assert await seal_old(web.house.db, web.house.vault) == 0
    async with web.house.db.begin() as uow:
        stored = {a.name: (a.id, a.totp_secret) for a in await uow.accounts.all() if a.totp_secret}
    for name, known in (("rini", secret), ("ani", plain)):
        id_, sealed = stored[name]
        assert sealed
        assert known not in sealed
        assert web.house.vault.open(id_, sealed) == known
    async with web.client() as client:
        await client.post("/masuk", data={"nama": "ani", "sandi": PASSWORD})
        csrf = token_in((await client.get("/masuk/kode")).text)
        code = pyotp.TOTP(plain).at(int(web.clock.now().timestamp()))
        assert (await client.post("/masuk/kode", data={"csrf": csrf, "kode": code})).status_code == 303


async def test_with_another_key_no_code_is_taken_and_the_reason_is_said(web: Web) -> None:
    async with web.house.db.begin() as uow:
        account = await uow.accounts.by_name("rini")
        assert account
        secret = pyotp.random_base32()
        await uow.accounts.set_totp(account.id, Vault(b"1" * 32).seal(account.id, secret))
    async with web.client() as client:
        await client.post("/masuk", data={"nama": "rini", "sandi": PASSWORD})
        csrf = token_in((await client.get("/masuk/kode")).text)
        code = pyotp.TOTP(secret).at(int(web.clock.now().timestamp()))
        told = await client.post("/masuk/kode", data={"csrf": csrf, "kode": code})
    assert told.status_code == 503
    assert "sheets.key" in told.text


def test_a_sealed_secret_is_of_no_use_in_another_account_and_without_a_key_nothing_is_sealed() -> None:
    vault = Vault(b"2" * 32)
    sealed = vault.seal(1, "JBSWY3DPEHPK3PXP")
    assert sealed != vault.seal(1, "JBSWY3DPEHPK3PXP")
    for owner, opener in ((2, vault), (1, Vault(None)), (1, Vault(b"3" * 32))):
        with pytest.raises(VaultError):
            opener.open(owner, sealed)
    with pytest.raises(VaultError):
        vault.open(1, "v1:rusak")
    with pytest.raises(VaultError):
        Vault(None).seal(1, "JBSWY3DPEHPK3PXP")
