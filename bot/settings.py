"""The only reader of the environment, and of the installation's ``posko.toml``.

Bad values fail at start with the file, the line of the key and what was expected (``ConfigurationError``).
Precedence: environment over file over default.
"""

import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings_base import Block, Port
from bot.settings_blocks import (
    FolderBlobs,
    InstallationFile,
    Mailbox,
    Operator,
    S3Blobs,
    Service,
    Smtp,
)
from bot.settings_chat import ChatBlocks, Telegram, WhatsApp
from bot.settings_devices import Devices
from bot.settings_reports import Reports
from domain.errors import ConfigurationError
from domain.profile_faults import toml_line
from domain.toml_place import line_of

FILE_NAME = "posko.toml"
TOKEN_NAME = "status.token"
SHEETS_KEY_NAME = "sheets.key"
_SHEETS_KEY = re.compile("[0-9a-f]{64}")
_SECRETS = (
    "password",
    "client_secret",
    "refresh_token",
    "access_key",
    "secret_key",
    "auth_token",
    "token",
    "webhook_secret",
)
_BLOCKS: dict[str, type[BaseModel]] = {
    "service": Service,
    "mailbox": Mailbox,
    "smtp": Smtp,
    "whatsapp": WhatsApp,
    "telegram": Telegram,
    "operator": Operator,
    "devices": Devices,
    "reports": Reports,
}
_EXPECTED = {
    "missing": "kunci wajib ini belum ada",
    "int_type": "harus bilangan bulat",
    "int_parsing": "harus bilangan bulat",
    "bool_type": "harus true atau false",
    "bool_parsing": "harus true atau false",
    "string_type": "harus teks dalam tanda kutip",
    "string_too_short": "tidak boleh kosong",
    "path_type": "harus nama berkas dalam tanda kutip",
    "tuple_type": "harus daftar dalam [ ]",
    "model_type": "harus sebuah tabel",
    "union_tag_not_found": "kind wajib ada",
}


class Environment(BaseSettings):
    """The variables ``POSKO_…``. An empty variable counts as unset."""

    model_config = SettingsConfigDict(
        env_prefix="POSKO_", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    data: Path | None = None
    database_url: SecretStr | None = None
    database_url_file: Path | None = None
    port: Port | None = None
    webhook_port: Port | None = None
    devices_port: Port | None = None
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+")
    clock: str | None = None
    pg_user: str | None = None


class Settings(BaseModel):
    """Everything the program was told, checked and frozen. ``data`` is absolute; other paths see ``place``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path
    profile: str
    demo: bool
    service: Service
    public_url: str
    mailboxes: tuple[Mailbox, ...]
    smtp: Smtp | None
    chat: ChatBlocks = ChatBlocks()
    webhook_port: int | None = None  # webhooks alone, beside the desk's own port
    blobs: FolderBlobs | S3Blobs
    operator: Operator
    devices: Devices = Devices()
    reports: Reports = Reports()
    status_token: SecretStr
    sheets_key: SecretStr | None = None  # hexadecimal; None: made before sheets were printed
    database_url: SecretStr | None = None  # None: the embedded PostgreSQL
    clock: str | None = None  # POSKO_CLOCK as written
    pg_user: str | None = None  # the ordinary user that runs the embedded PostgreSQL when started as root

    def place(self, path: Path) -> Path:
        """``path`` of a setting as an absolute path: relative ones start at the data folder."""
        return self.data / path.expanduser()

    def secret_file(self, path: Path) -> SecretStr:
        """The secret in a file of the installation; ``ConfigurationError`` when others may read it."""
        return _read_secret_file(self.place(path))

    @property
    def sheets_key_bytes(self) -> bytes:
        """The key that printed sheets are signed with; ``ConfigurationError`` before ``posko migrate`` made it."""
        if self.sheets_key is None:
            raise ConfigurationError(f"belum ada kunci lembar: posko migrate --data {self.data}")
        return bytes.fromhex(self.sheets_key.get_secret_value())

    @property
    def profile_source(self) -> str:
        """What ``domain.profile.load_profile`` takes: a shipped name, or an absolute path."""
        return str(self.place(Path(self.profile))) if self.profile.endswith(".toml") else self.profile


def load_settings(data: Path | None = None) -> Settings:
    """Read the environment and ``posko.toml`` of the installation in ``data`` (else ``POSKO_DATA``)."""
    environment = _environment()
    folder = data or environment.data
    if folder is None:
        raise ConfigurationError("sebutkan folder instalasi dengan --data DIR atau POSKO_DATA")
    folder = folder.expanduser().absolute()
    written = _read_file(folder / FILE_NAME)
    service = (
        written.service if environment.port is None else written.service.model_copy(update={"port": environment.port})
    )
    settings = Settings(
        data=folder,
        profile=written.profile,
        demo=written.demo,
        service=service,
        public_url=(environment.public_url or f"http://{service.host}:{service.port}").rstrip("/"),
        mailboxes=written.mailbox,
        smtp=written.smtp,
        chat=ChatBlocks(whatsapp=written.whatsapp, telegram=written.telegram),
        webhook_port=environment.webhook_port,
        blobs=written.blobs,
        operator=written.operator,
        devices=written.devices
        if environment.devices_port is None
        else written.devices.model_copy(update={"port": environment.devices_port}),
        reports=written.reports,
        status_token=_read_secret_file(folder / TOKEN_NAME),
        sheets_key=_sheets_key(folder / SHEETS_KEY_NAME),
        database_url=_database_url(environment),
        clock=environment.clock,
        pg_user=environment.pg_user,
    )
    chats = settings.chat.chats().values()
    for block in (*settings.mailboxes, *([settings.smtp] if settings.smtp else []), settings.blobs, *chats):
        _fetch_secrets(block, settings)
    return settings


def _environment() -> Environment:
    try:
        return Environment()
    except ValidationError as error:
        first = error.errors()[0]
        name = "POSKO_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(f"{name}: {_expected(first)}", file="lingkungan") from None


def _read_file(path: Path) -> InstallationFile:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"belum ada instalasi di {path.parent}: jalankan posko init --profile NAMA --data {path.parent}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"tidak dapat dibaca: {error}", file=str(path)) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"bukan TOML yang benar: {error}", file=str(path), line=toml_line(error)) from None
    try:
        return InstallationFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = _without_tags(first["loc"], raw)
        name = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
        message = f"{name}: {_expected(first)}" if name else _expected(first)
        raise ConfigurationError(message, file=str(path), line=line_of(text, where)) from None


def _without_tags(loc: Sequence[str | int], raw: object) -> tuple[str | int, ...]:
    """pydantic puts a union's tag into the place of an error; the file knows no such level."""
    where: list[str | int] = []
    for position, part in enumerate(loc):
        if isinstance(raw, Mapping):
            if part not in raw and position < len(loc) - 1:
                continue
            raw = raw.get(part)
        elif isinstance(raw, list) and isinstance(part, int):
            raw = raw[part]
        where.append(part)
    return tuple(where)


def _expected(error: Mapping[str, Any]) -> str:
    """What was expected, in Indonesian, from one pydantic error; never the value that was given."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "extra_forbidden":
        block = _BLOCKS.get(str(error["loc"][0])) if len(error["loc"]) > 1 else InstallationFile
        return "kunci tidak dikenal" + (f"; yang dikenal: {', '.join(block.model_fields)}" if block else "")
    if kind == "value_error":
        return f"diharapkan {context['error']}"
    if kind == "literal_error":
        return f"harus salah satu dari {context['expected'].replace(' or ', ' atau ')}"
    if kind == "union_tag_invalid":
        return f"harus salah satu dari {context['expected_tags']}"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = "paling kecil" if kind == "greater_than_equal" else "paling besar"
        return f"{bound} {context['ge' if kind == 'greater_than_equal' else 'le']}"
    if kind == "string_pattern_mismatch":
        return f"harus berpola {context['pattern']}"
    return str(error["msg"])


def _database_url(environment: Environment) -> SecretStr | None:
    url = environment.database_url
    if url is None and environment.database_url_file is not None:
        url = _read_plain(environment.database_url_file, "POSKO_DATABASE_URL_FILE")
    if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgresql+psycopg://")):
        raise ConfigurationError("POSKO_DATABASE_URL: harus dimulai dengan postgresql://", file="lingkungan")
    return url


def _fetch_secrets(block: Block, settings: Settings) -> None:
    for name in _SECRETS:
        file, variable = getattr(block, f"{name}_file", None), getattr(block, f"{name}_env", None)
        if file is not None:
            block.keep_secret(name, _read_secret_file(settings.place(file)))
        elif variable is not None:
            block.keep_secret(name, _from_variable(variable))


def _from_variable(name: str) -> SecretStr:
    if value := os.environ.get(name):
        return SecretStr(value)
    if twin := os.environ.get(f"{name}_FILE"):
        return _read_plain(Path(twin), f"{name}_FILE")
    raise ConfigurationError(f"{name} atau {name}_FILE belum diisi", file="lingkungan")


def _read_secret_file(path: Path) -> SecretStr:
    """A secret of the installation: only its owner may read it, else the start is refused."""
    secret = _read_plain(path, str(path))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(f"berkas rahasia ini terbaca oleh pengguna lain: chmod 600 {path}", file=str(path))
    return secret


def _sheets_key(path: Path) -> SecretStr | None:
    if not path.exists():
        return None
    key = _read_secret_file(path)
    if not _SHEETS_KEY.fullmatch(key.get_secret_value()):
        raise ConfigurationError("harus 64 angka heksadesimal; pulihkan dari cadangan", file=str(path))
    return key


def _read_plain(path: Path, named_by: str) -> SecretStr:
    """A secret that a container or systemd hands over; its mode is theirs to choose."""
    try:
        value = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"rahasia tidak dapat dibaca: {error}", file=named_by) from None
    if not value:
        raise ConfigurationError("berkas rahasia kosong", file=named_by)
    return SecretStr(value)
