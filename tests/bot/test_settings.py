"""The installation's settings: precedence, refusals with their place, and secrets that stay secret."""

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import load_settings
from bot.settings_blocks import FolderBlobs, S3Blobs
from bot.settings_file import write_default
from domain.errors import ConfigurationError

SECRET = "kata-sandi-yang-tak-boleh-tampak"
MAILBOX = {"name": "bkd1", "address": "Presensi@BKD.go.id", "host": "imap.bkd.go.id", "password_env": "UJI_SANDI"}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "DATABASE_URL", "DATABASE_URL_FILE", "PORT", "PUBLIC_URL", "CLOCK", "PG_USER"):
        monkeypatch.delenv(f"POSKO_{name}", raising=False)
    monkeypatch.setenv("UJI_SANDI", SECRET)


def _installation(folder: Path, text: str) -> Path:
    write_default(folder, "tulungagung")
    (folder / "posko.toml").write_text(text, encoding="utf-8")
    return folder


def _refusal(folder: Path, text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(_installation(folder, text))
    return caught.value


def test_what_init_writes_is_read_back_with_its_defaults(tmp_path: Path) -> None:
    write_default(tmp_path / "data", "bulungan", demo=True, port=8123)
    settings = load_settings(tmp_path / "data")
    assert (settings.profile, settings.demo, settings.service.port) == ("bulungan", True, 8123)
    assert settings.public_url == "http://127.0.0.1:8123"
    assert settings.mailboxes == ()
    assert isinstance(settings.blobs, FolderBlobs)
    assert settings.place(settings.blobs.path) == tmp_path / "data" / "originals"
    assert len(settings.status_token.get_secret_value()) > 30


def test_blocks_given_to_init_become_part_of_the_file(tmp_path: Path) -> None:
    smtp: dict[str, str | int] = {"host": "127.0.0.1", "port": 2525, "tls": "none", "from_address": "posko@bkd.go.id"}
    write_default(tmp_path / "d", "tulungagung", mailboxes=[{**MAILBOX, "received_by": ["mx.bkd.go.id"]}], smtp=smtp)
    settings = load_settings(tmp_path / "d")
    box = settings.mailboxes[0]
    assert (box.login, box.imap_port, box.received_by) == ("presensi@bkd.go.id", 993, ("mx.bkd.go.id",))
    assert settings.smtp is not None
    assert settings.smtp.smtp_port == 2525


def test_init_never_overwrites_an_installation(tmp_path: Path) -> None:
    write_default(tmp_path, "tulungagung")
    with pytest.raises(ConfigurationError, match="sudah ada instalasi"):
        write_default(tmp_path, "malang")
    assert load_settings(tmp_path).profile == "tulungagung"


def test_the_examples_in_the_written_file_are_valid_once_uncommented(tmp_path: Path) -> None:
    path = write_default(tmp_path, "tulungagung")
    keys = ("[[mailbox]]", "[smtp]", "name =", "address", "host", "tls", "password_file", "received_by", "from_",
            "authserv_id", "archive_to", "username", "daily_cap", "per_sender_hour", "[devices]", "port", "networks",
            "folder", "mailbox", "hub_token_file")  # fmt: skip
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(ln[2:] if ln.startswith("# ") and ln[2:].startswith(keys) else ln for ln in lines))
    (tmp_path / "rahasia").mkdir()
    for name in ("bkd1", "smtp"):
        (tmp_path / "rahasia" / name).write_text(SECRET)
        (tmp_path / "rahasia" / name).chmod(0o600)
    settings = load_settings(tmp_path)
    assert settings.mailboxes[0].secret("password") == SecretStr(SECRET)
    assert settings.smtp is not None
    assert settings.smtp.secret("password") == SecretStr(SECRET)
    assert (settings.devices.host, settings.devices.mailbox) == ("0.0.0.0", "mesin")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSKO_DATA", str(_installation(tmp_path, 'profile = "malang"\n[service]\nport = 9000\n')))
    monkeypatch.setenv("POSKO_PORT", "9001")
    monkeypatch.setenv("POSKO_PUBLIC_URL", "https://posko.bkd.go.id/")
    monkeypatch.setenv("POSKO_PG_USER", "")
    settings = load_settings()
    assert (settings.service.port, settings.public_url) == (9001, "https://posko.bkd.go.id")
    assert settings.pg_user is None


def test_a_folder_without_an_installation_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="jalankan posko init"):
        load_settings(tmp_path)
    with pytest.raises(ConfigurationError, match="--data DIR atau POSKO_DATA"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('profile = "tulungagung"\nprofil = 1\n', 2, "profil: kunci tidak dikenal; yang dikenal: whatsapp"),
        ("demo = false\n", None, "profile: kunci wajib ini belum ada"),
        ('profile = "a"\n[service]\nport = "banyak"\n', 3, "service.port: harus bilangan bulat"),
        ('profile = "a"\n[service]\nport = 99999\n', 3, "paling besar 65535"),
        ('profile = "a"\n[blobs]\nkind = "pita"\n', 2, "harus salah satu dari 'folder', 's3'"),
        ('profile = "a"\n[blobs]\nkind = "s3"\nbucket = "posko"\nendpoint = "ftp"\n', 5, "blobs.endpoint"),
        ('profile = "a"\n[operator]\nreceivers = ["budi"]\n', 3, "diharapkan alamat surel"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_refused_with_its_line(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    refusal = _refusal(tmp_path, text)
    assert refusal.file == str(tmp_path / "posko.toml")
    assert refusal.line == line
    assert words in str(refusal)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"password_env": None}, "password_file atau password_env"),
        ({"tls": '"none"'}, "tanpa TLS hanya boleh ke 127.0.0.1"),
        ({"tls": '"ssl"'}, "'none', 'starttls' atau 'tls'"),
        ({"auth": '"xoauth2"'}, "token_url, client_id"),
        ({"name": '"Kotak Satu"'}, "harus berpola"),
        ({"password": '"rahasia"'}, "mailbox.1.password: kunci tidak dikenal"),
    ],
)
def test_a_mailbox_that_cannot_work_is_refused(tmp_path: Path, block: dict[str, str | None], words: str) -> None:
    keys = {key: f'"{value}"' for key, value in MAILBOX.items()} | block
    lines = [f"{key} = {value}" for key, value in keys.items() if value is not None]
    refusal = _refusal(tmp_path, "\n".join(['profile = "a"', "[[mailbox]]", *lines]))
    assert words in str(refusal)
    assert refusal.line is not None


def test_two_mailboxes_may_not_share_a_name(tmp_path: Path) -> None:
    box = "[[mailbox]]\n" + "".join(f'{key} = "{value}"\n' for key, value in MAILBOX.items())
    assert "name yang berbeda" in str(_refusal(tmp_path, f'profile = "a"\n{box}{box}'))


def test_sending_by_oauth_needs_a_mailbox_that_has_tokens(tmp_path: Path) -> None:
    smtp = '[smtp]\nhost = "smtp.x.id"\nfrom_address = "a@x.id"\noauth_mailbox = "bkd1"\n'
    box = "[[mailbox]]\n" + "".join(f'{key} = "{value}"\n' for key, value in MAILBOX.items())
    assert "oauth_mailbox pada [smtp]" in str(_refusal(tmp_path, f'profile = "a"\n{box}{smtp}'))


def test_broken_toml_is_refused_with_the_parsers_place(tmp_path: Path) -> None:
    assert _refusal(tmp_path, 'profile = "a"\ndemo = \n').line == 2


def test_a_wrong_variable_is_named_without_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _installation(tmp_path, 'profile = "a"\n')
    monkeypatch.setenv("POSKO_DATABASE_URL", f"mysql://root:{SECRET}@db/posko")
    with pytest.raises(ConfigurationError, match="POSKO_DATABASE_URL: harus dimulai") as caught:
        load_settings(tmp_path)
    assert SECRET not in str(caught.value)
    monkeypatch.setenv("POSKO_PORT", "delapan ribu")
    with pytest.raises(ConfigurationError, match="POSKO_PORT: harus bilangan bulat"):
        load_settings(tmp_path)


def test_a_secret_comes_from_a_variable_or_the_file_its_twin_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "d"
    write_default(folder, "a", mailboxes=[MAILBOX])
    assert load_settings(folder).mailboxes[0].secret("password") == SecretStr(SECRET)
    monkeypatch.delenv("UJI_SANDI")
    with pytest.raises(ConfigurationError, match="UJI_SANDI atau UJI_SANDI_FILE belum diisi"):
        load_settings(folder)
    (tmp_path / "sandi").write_text("lain\n")
    monkeypatch.setenv("UJI_SANDI_FILE", str(tmp_path / "sandi"))
    monkeypatch.setenv("POSKO_DATABASE_URL_FILE", str(tmp_path / "url"))
    (tmp_path / "url").write_text(f"postgresql://posko:{SECRET}@db/posko\n")
    settings = load_settings(folder)
    assert settings.mailboxes[0].secret("password") == SecretStr("lain")
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value().endswith("@db/posko")


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    text = "\n".join(
        ['profile = "a"', "[smtp]", 'host = "smtp.x.id"', 'from_address = "a@x.id"', 'password_file = "p"']
    )
    _installation(tmp_path, text)
    (tmp_path / "p").write_text(SECRET)
    (tmp_path / "p").chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_settings(tmp_path)
    (tmp_path / "p").chmod(0o600)
    assert load_settings(tmp_path).smtp is not None
    (tmp_path / "p").write_text("\n")
    with pytest.raises(ConfigurationError, match="kosong"):
        load_settings(tmp_path)
    (tmp_path / "p").unlink()
    with pytest.raises(ConfigurationError, match="tidak dapat dibaca"):
        load_settings(tmp_path)


def test_secrets_reach_neither_logs_nor_reprs_nor_dumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    s3 = '[blobs]\nkind = "s3"\nbucket = "posko"\naccess_key_env = "UJI_SANDI"\nsecret_key_env = "UJI_SANDI"\n'
    box = "[[mailbox]]\n" + "".join(f'{key} = "{value}"\n' for key, value in MAILBOX.items())
    _installation(tmp_path, f'profile = "a"\n{box}{s3}')
    monkeypatch.setenv("POSKO_DATABASE_URL", f"postgresql://posko:{SECRET}@db/posko")
    settings = load_settings(tmp_path)
    assert isinstance(settings.blobs, S3Blobs)
    assert settings.blobs.secret("secret_key") == SecretStr(SECRET)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("uji").warning("%s %r %s", settings, settings.mailboxes, settings.model_dump())
    shown = caplog.text + repr(settings) + str(settings.model_dump(mode="json")) + settings.model_dump_json()
    assert "bkd1" in shown
    assert SECRET not in shown
    assert settings.status_token.get_secret_value() not in shown
