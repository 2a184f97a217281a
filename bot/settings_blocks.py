"""The blocks of ``posko.toml``: one frozen model each; what is not written here is refused (``settings_base``)."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.settings_base import Block, MailAddress, Port, Tls, is_loopback
from bot.settings_chat import ChatBlocks
from bot.settings_devices import Devices
from bot.settings_reports import Reports


class Service(Block):
    """``[service]``: the web address of this process and how much it reads at once."""

    host: str = "127.0.0.1"
    port: Port = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 2  # child processes that read files


class _Tls(Block):
    host: str = Field(min_length=1)
    tls: Tls = "tls"
    ca_file: Path | None = None  # an office's own certificate authority

    @model_validator(mode="after")
    def _no_clear_text_on_a_wire(self) -> Self:
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError('tls = "starttls" atau "tls" (tanpa TLS hanya boleh ke 127.0.0.1)')
        return self


class Mailbox(_Tls):
    """``[[mailbox]]``: one IMAP mailbox of the desk (TLG-17).

    ``received_by``: hosts whose topmost ``Received: … by`` gives the official time; empty: INTERNALDATE.
    ``authserv_id``: whose ``Authentication-Results`` is believed; None: nobody's, every sender stays unverified.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")
    address: MailAddress
    port: Port | None = None
    username: str = ""
    auth: Literal["password", "xoauth2"] = "password"
    password_file: Path | None = None
    password_env: str | None = None
    folder: str = "INBOX"
    archive_to: str | None = None
    received_by: tuple[str, ...] = ()
    authserv_id: str | None = None
    style: Literal["standard", "microsoft", "google"] = "standard"
    token_url: str | None = Field(default=None, pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])")
    client_id: str | None = None
    scope: str = ""
    client_secret_file: Path | None = None
    client_secret_env: str | None = None
    refresh_token_file: Path | None = None
    refresh_token_env: str | None = None

    @model_validator(mode="after")
    def _has_what_its_auth_needs(self) -> Self:
        if self.auth == "password" and not (self.password_file or self.password_env):
            raise ValueError("password_file atau password_env")
        if self.auth == "xoauth2" and not (
            self.token_url and self.client_id and (self.refresh_token_file or self.refresh_token_env)
        ):
            raise ValueError("token_url, client_id, dan refresh_token_file atau refresh_token_env untuk xoauth2")
        return self

    @property
    def login(self) -> str:
        """The user name: as given, else the address."""
        return self.username or self.address

    @property
    def imap_port(self) -> int:
        """The port: as given, else the standard one of ``tls``."""
        return self.port if self.port is not None else 993 if self.tls == "tls" else 143


class Smtp(_Tls):
    """``[smtp]``: where answers leave. ``daily_cap`` and ``per_sender_hour`` stop a loop before the provider does.

    ``oauth_mailbox`` signs in by XOAUTH2 with the tokens of that ``[[mailbox]]``. ``null_sender`` writes answers with
    the envelope sender ``<>``, which no robot can answer; Microsoft 365 refuses it.
    """

    port: Port | None = None
    username: str = ""
    password_file: Path | None = None
    password_env: str | None = None
    oauth_mailbox: str | None = None
    null_sender: bool = True
    from_address: MailAddress
    from_name: str = "Posko Presensi BKD"
    daily_cap: Annotated[int, Field(ge=1)] = 5000
    per_sender_hour: Annotated[int, Field(ge=1)] = 30

    @property
    def login(self) -> str:
        """The user name: as given, else the address that it writes from."""
        return self.username or self.from_address

    @property
    def smtp_port(self) -> int:
        """The port: as given, else the standard one of ``tls``."""
        return self.port if self.port is not None else {"tls": 465, "starttls": 587, "none": 25}[self.tls]


class FolderBlobs(Block):
    """``[blobs] kind = "folder"``: originals in a folder, relative to the data folder."""

    kind: Literal["folder"] = "folder"
    path: Path = Path("originals")


class S3Blobs(Block):
    """``[blobs] kind = "s3"``: originals in an S3-compatible store, for installations of several machines."""

    kind: Literal["s3"]
    bucket: str = Field(min_length=3)
    endpoint: str | None = Field(default=None, pattern=r"^https?://")
    region: str = "us-east-1"
    prefix: str = ""
    access_key_file: Path | None = None
    access_key_env: str | None = None
    secret_key_file: Path | None = None
    secret_key_env: str | None = None


Blobs = Annotated[FolderBlobs | S3Blobs, Field(discriminator="kind")]


class Operator(Block):
    """``[operator]``: who hears of incidents, and where the off-machine backup goes."""

    receivers: tuple[MailAddress, ...] = ()
    backup_dir: Path | None = None


class InstallationFile(ChatBlocks):
    """``posko.toml`` as a whole; ``profile`` is a shipped government's name or a path to a TOML file."""

    profile: str = Field(min_length=1)
    demo: bool = False
    service: Service = Service()
    mailbox: tuple[Mailbox, ...] = ()
    smtp: Smtp | None = None
    blobs: Blobs = FolderBlobs()
    operator: Operator = Operator()
    devices: Devices = Devices()
    reports: Reports = Reports()

    @model_validator(mode="after")
    def _blocks_fit_together(self) -> Self:
        names = [box.name for box in self.mailbox]
        if len(names) != len(set(names)):
            raise ValueError("name yang berbeda untuk tiap [[mailbox]]")
        with_tokens = {box.name for box in self.mailbox if box.auth == "xoauth2"}
        if self.smtp and self.smtp.oauth_mailbox and self.smtp.oauth_mailbox not in with_tokens:
            raise ValueError('oauth_mailbox pada [smtp] = name sebuah [[mailbox]] dengan auth = "xoauth2"')
        return self
