"""Connections that close or go dead without a word, in IDLE and in FETCH; and what people are told meanwhile."""

import resource
import time
from pathlib import Path

import pytest

from intake.mailbox_health import MailboxState
from intake.mailbox_settings import ImapServer, MailboxSettings
from tests.fakes.dovecot import Dovecot
from tests.fakes.mail_desk import desk_at, mail, new_user, until
from tests.fakes.proxy import wire_to


def test_must_hold_3_the_shipped_times_replace_a_dead_connection_within_90_seconds() -> None:
    server = ImapServer("imap.bkd.go.id", 993, "presensi")
    settings = MailboxSettings("presensi", server)
    assert settings.idle_in_window_s <= 60
    assert settings.idle_outside_s <= 300
    assert settings.idle_in_window_s + server.read_timeout_s + settings.first_pause_s < 90
    assert settings.longest_pause_s <= 90


async def test_must_hold_3_a_connection_gone_dead_in_idle_is_replaced_and_nothing_is_lost(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    user = new_user()
    async with wire_to(dovecot.port) as wire:
        desk = desk_at(wire.port, user, tmp_path)
        async with desk.reading() as reader:
            await until(lambda: reader.health().state is MailboxState.WAITING)
            wire.silent = True
            dovecot.deliver(user, mail("di dalam gangguan"))
            await until(lambda: wire.accepted >= 2)  # the dead one was given up
            wire.mend()
            await desk.recorded(1)


@pytest.mark.parametrize("fault", ["silent_after", "close_after"])
async def test_must_hold_3_a_connection_lost_in_fetch_is_replaced_and_nothing_is_lost_or_twice(
    fault: str, dovecot: Dovecot, tmp_path: Path
) -> None:
    user = new_user()
    dovecot.fill(user, [mail(str(n), "x" * 20_000) for n in range(40)])
    async with wire_to(dovecot.port) as wire:
        desk = desk_at(wire.port, user, tmp_path, batch=5)
        setattr(wire, fault, 300_000)
        async with desk.reading() as reader:
            await until(lambda: reader.health().connects >= 2)
            wire.mend()
            await desk.recorded(40)
            await until(lambda: reader.health().backlog == 0)
    assert sorted(map(int, desk.db.subjects())) == list(range(40))
    assert not desk.db.incidents


async def test_must_hold_3_a_big_mail_cut_in_the_middle_is_fetched_whole_the_next_time(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    user = new_user()
    big = mail("besar", "z" * 76 + "\r\n" + ("y" * 76 + "\r\n") * 40_000)
    dovecot.fill(user, [big])
    async with wire_to(dovecot.port) as wire:
        desk = desk_at(wire.port, user, tmp_path, stream_above=100_000)
        wire.close_after = 2_000_000
        async with desk.reading():
            await desk.recorded(1)
    assert (desk.blobs.folder / desk.db.messages[1].sha256).read_bytes() == big


async def test_must_hold_3_an_outage_costs_under_five_percent_of_a_processor(dovecot: Dovecot, tmp_path: Path) -> None:
    async with wire_to(dovecot.port) as wire:
        desk = desk_at(wire.port, new_user(), tmp_path, first_pause_s=1.0)
        async with desk.reading() as reader:
            await until(lambda: reader.health().state is MailboxState.WAITING)
            wire.refuse = True
            wire.cut()
            await until(lambda: reader.health().state is MailboxState.FAILING)
            used, began = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.monotonic()
            await until(lambda: time.monotonic() - began > 4)
            share = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - used) / (time.monotonic() - began)
    assert share < 0.05 + 0.03  # the waiting test itself looks fifty times a second


async def test_a_mailbox_silent_in_a_window_opens_an_incident_and_closes_it_when_it_speaks(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    async with wire_to(dovecot.port) as wire:
        desk = desk_at(wire.port, new_user(), tmp_path)
        async with desk.reading() as reader:
            await until(lambda: reader.health().state is MailboxState.WAITING)
            await reader.check()
            assert not desk.db.incidents
            wire.refuse = True
            wire.cut()
            await until(lambda: reader.health().silent)
            desk.clock.move(60)
            await reader.check()
            await reader.check()
            [incident] = desk.db.incidents.values()
            assert (incident.kind, incident.scope, incident.account) == ("mailbox_silent", "all", reader.name)
            assert incident.started_at < desk.clock.now()
            wire.mend()
            await until(lambda: not reader.health().silent)
            await reader.check()
            assert desk.db.open_incidents() == []


async def test_outside_windows_silence_is_no_incident(tmp_path: Path) -> None:
    desk = desk_at(1, new_user(), tmp_path)
    desk.window = False
    async with desk.reading() as reader:
        await until(lambda: reader.health().state is MailboxState.FAILING)
        began = time.monotonic()
        await until(lambda: time.monotonic() - began > 1.5)
        await reader.check()
        assert not desk.db.incidents
        desk.window = True
        await reader.check()
        assert not desk.db.incidents  # the window has only just opened
        await until(lambda: reader.health().silent)


async def test_a_wrong_password_is_tried_again_and_never_shown(dovecot: Dovecot, tmp_path: Path) -> None:
    desk = desk_at(dovecot.port, new_user(), tmp_path, password=lambda: "sandi-salah", read_timeout_s=10)
    async with desk.reading() as reader:
        await until(lambda: "LoginError" in reader.health().last_error)
        assert "sandi-salah" not in reader.health().last_error + repr(desk.settings)


async def test_two_mailboxes_do_not_wait_for_each_other(dovecot: Dovecot, tmp_path: Path) -> None:
    good = desk_at(dovecot.port, new_user(), tmp_path / "a")
    bad = desk_at(1, new_user(), tmp_path / "b")
    dovecot.deliver(good.settings.name, mail("sampai"))
    async with bad.reading(), good.reading():
        await good.recorded(1)
