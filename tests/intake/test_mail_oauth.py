"""XOAUTH2: tokens are renewed in time, rotated ones are kept first, an expiry in IDLE disturbs nobody else."""

import asyncio
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import Permanent, Retryable
from intake.mailbox_health import MailboxState
from intake.mailbox_tokens import StoredRefreshTokens
from intake.oauth import AccessTokens, OAuthSettings
from tests.fakes.dovecot import Dovecot, run_dovecot
from tests.fakes.mail_desk import desk_at, mail, new_user, until
from tests.fakes.tokens import TokenProvider, run_tokens


class Kept:
    """A store in memory; ``log`` tells what was done in which order."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token
        self.saved: list[str] = []

    def load(self) -> str | None:
        return self.token

    def save(self, token: str) -> None:
        self.token = token
        self.saved.append(token)


@pytest.fixture
def provider() -> Iterator[TokenProvider]:
    with run_tokens() as running:
        yield running


@pytest.fixture
def oauth_dovecot(provider: TokenProvider) -> Iterator[Dovecot]:
    with run_dovecot(introspection_url=f"{provider.url}/introspect") as server:
        yield server


def settings(provider: TokenProvider, first: str) -> OAuthSettings:
    return OAuthSettings(f"{provider.url}/token", "posko", "imap", lambda: "client-secret", lambda: first)


def test_the_rotated_token_is_stored_before_the_access_token_is_given_out(provider: TokenProvider) -> None:
    provider.refresh["desk"] = "first"
    kept = Kept()
    tokens = AccessTokens(settings(provider, "first"), kept, time.monotonic)
    assert tokens.get() == "access-desk-1"
    assert kept.saved == ["refresh-desk-1"]
    assert tokens.get() == "access-desk-1"
    assert len(provider.requests) == 1
    assert provider.requests[0]["client_secret"] == "client-secret"
    assert provider.requests[0]["scope"] == "imap"


def test_the_stored_token_wins_over_the_configured_one(provider: TokenProvider) -> None:
    provider.refresh["desk"] = "rotated"
    assert AccessTokens(settings(provider, "first"), Kept("rotated"), time.monotonic).get() == "access-desk-1"


def test_an_access_token_is_renewed_before_it_ends(provider: TokenProvider) -> None:
    provider.refresh["desk"] = "first"
    now = [0.0]
    tokens = AccessTokens(settings(provider, "first"), Kept(), lambda: now[0])
    tokens.get()
    now[0] = 3400
    assert tokens.get() == "access-desk-1"
    now[0] = 3500
    assert tokens.get() == "access-desk-2"


def test_a_refused_access_token_is_renewed_only_once_for_all_who_share_it(provider: TokenProvider) -> None:
    provider.refresh["desk"] = "first"
    tokens = AccessTokens(settings(provider, "first"), Kept(), time.monotonic)
    refused = tokens.get()
    tokens.forget(refused)
    assert tokens.get() == "access-desk-2"
    tokens.forget(refused)  # another thread comes late with the same complaint
    assert tokens.get() == "access-desk-2"


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        ((400, "invalid_grant"), Permanent),
        ((401, "invalid_client"), Permanent),
        ((400, "temporarily_unavailable"), Retryable),
        ((429, "slow_down"), Retryable),
        ((503, "x"), Retryable),
    ],
)
def test_a_withdrawn_grant_needs_a_person_and_an_outage_does_not(
    provider: TokenProvider, failure: tuple[int, str], kind: type[Exception]
) -> None:
    provider.failure = failure
    with pytest.raises(kind) as raised:
        AccessTokens(settings(provider, "rahasia-sekali"), Kept(), time.monotonic).get()
    assert "rahasia-sekali" not in str(raised.value) + repr(settings(provider, "rahasia-sekali"))


def test_an_absent_provider_and_a_wrong_address_are_told_apart() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = OAuthSettings(f"http://127.0.0.1:{nobody.getsockname()[1]}/token", "posko")
        with pytest.raises(Retryable):
            AccessTokens(gone, Kept("x"), time.monotonic).get()
    with pytest.raises(Permanent):
        AccessTokens(OAuthSettings("file:///etc/passwd", "posko"), Kept("x"), time.monotonic).get()


async def test_must_hold_15_expiry_in_idle_renews_keeps_the_rotated_token_and_disturbs_no_other_mailbox(
    provider: TokenProvider, oauth_dovecot: Dovecot, tmp_path: Path
) -> None:
    user = new_user()
    provider.refresh[user] = "first"
    other = desk_at(oauth_dovecot.port, new_user(), tmp_path / "other", read_timeout_s=5)
    desk = desk_at(oauth_dovecot.port, user, tmp_path / "desk", read_timeout_s=5)
    stored = StoredRefreshTokens(user, desk.db, desk.clock, asyncio.get_running_loop())  # type: ignore[arg-type]
    tokens = AccessTokens(settings(provider, "first"), stored, time.monotonic)
    desk.settings = replace(desk.settings, tokens=tokens, password=lambda: None)
    oauth_dovecot.deliver(user, mail("satu"))
    async with other.reading() as undisturbed, desk.reading() as reader:
        await desk.recorded(1)
        await until(lambda: {r.health().state for r in (reader, undisturbed)} == {MailboxState.WAITING})
        assert desk.db.tokens == {user: f"refresh-{user}-1"}
        provider.access.clear()  # expired: the server closes what it had let in, and refuses the token from now on
        oauth_dovecot.kick(user)
        oauth_dovecot.deliver(user, mail("dua"))
        await desk.recorded(2)
        assert desk.db.tokens == {user: f"refresh-{user}-2"}
        assert undisturbed.health().connects == 1
        oauth_dovecot.deliver(other.settings.name, mail("lain"))
        await other.recorded(1)
