"""The embedded server: start, join, kill -9, stale and reused pids, long paths."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from domain.errors import DatabaseUnavailable
from storage.postgres import EmbeddedPostgres, ensure_running
from storage.postgres_place import RECORD, Place, recorded_place


def place_of(data_dir: Path) -> Place:
    place = recorded_place(data_dir)
    assert place is not None
    return place


def pid_of(data_dir: Path) -> int:
    return int((place_of(data_dir).cluster / "postmaster.pid").read_text().split()[0])


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return row[0]


def test_it_starts_joins_recovers_from_kill_and_stops(data_dir: Path) -> None:
    urls = ensure_running(data_dir)
    assert ask(urls.service, "SELECT current_user") == "posko_service"
    assert ask(urls.owner, "SHOW timezone") == "UTC"
    assert ask(urls.owner, "SHOW fsync") == "on"
    assert ensure_running(data_dir) == urls
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    first = pid_of(data_dir)
    os.kill(first, signal.SIGKILL)
    assert ensure_running(data_dir) == urls
    assert pid_of(data_dir) != first
    assert ask(urls.owner, "SELECT number FROM kept") == 7

    # A pid file that names a living process of somebody else: this one.
    EmbeddedPostgres(data_dir).stop()
    pid_file = place_of(data_dir).cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n0\n5432\n{place_of(data_dir).sockets}\n\n0 0\nready\n")
    assert ensure_running(data_dir) == urls
    assert pid_of(data_dir) != os.getpid()

    # A pid file of a process that is no more, as a power cut leaves it.
    EmbeddedPostgres(data_dir).stop()
    pid_file.write_text(f"{first}\n{pid_file.parent}\n0\n5432\n{place_of(data_dir).sockets}\n\n0 0\nready\n")
    assert ask(ensure_running(data_dir).owner, "SELECT number FROM kept") == 7

    # Somebody's cleaning removed the socket of the living server.
    (place_of(data_dir).sockets / ".s.PGSQL.5432").unlink()
    assert ask(ensure_running(data_dir).owner, "SELECT number FROM kept") == 7

    server = EmbeddedPostgres(data_dir)
    server.stop()
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls.service)


def test_many_processes_may_start_it_at_once_in_a_folder_with_a_long_path(data_dir: Path) -> None:
    deep = data_dir / ("d" * 100)
    with ThreadPoolExecutor(4) as pool:
        urls = list(pool.map(lambda _: ensure_running(deep), range(4)))
    try:
        assert len(set(urls)) == 1
        assert ask(urls[0].service, "SELECT 1") == 1
        for folder in (place_of(deep).cluster, place_of(deep).sockets):
            assert folder.stat().st_mode & 0o077 == 0
        assert len(os.fsencode(place_of(deep).sockets / ".s.PGSQL.5432")) <= 107
    finally:
        EmbeddedPostgres(deep).destroy()
    assert not (deep / RECORD).exists()


def test_an_interrupted_first_start_and_a_foreign_cluster(data_dir: Path) -> None:
    ensure_running(data_dir)
    server = EmbeddedPostgres(data_dir)
    server.stop()
    place = place_of(data_dir)
    (place.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseUnavailable, match="PostgreSQL 15"):
        server.start()
    place.cluster.rename(place.cluster.with_name("pg.new"))  # as kill -9 inside initdb leaves it
    assert ask(server.start().service, "SELECT 1") == 1


def test_before_the_first_start_there_is_nothing_to_stop_or_ask(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    server.stop()
    server.destroy()
    assert server.place() is None
    with pytest.raises(DatabaseUnavailable):
        server.superuser_url()


def test_a_damaged_record_is_said_so(data_dir: Path) -> None:
    (data_dir / RECORD).write_text("{")
    with pytest.raises(DatabaseUnavailable, match=RECORD):
        ensure_running(data_dir)
    (data_dir / RECORD).unlink()
