"""``[whatsapp]`` and ``[telegram]``: chat channels. A further one is one block here, named in ``ChatBlocks``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from bot.settings_base import Block, is_loopback
from domain.errors import ConfigurationError
from domain.terms import Scheme

_ORIGIN = r"^(https://[^\s/]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)$"


def _number(value: str) -> str:
    digits = value.strip().removeprefix("+").replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15):
        raise ValueError('nomor seperti "+628123456789"')
    return digits


class ChatBlock(Block):
    """What a chat channel is set up with."""

    def fields(self, public_url: str) -> Mapping[str, object]:
        """The fields of the settings class that ``intake.registry`` names for this channel."""
        raise NotImplementedError

    def needs(self, name: str) -> str:
        """A secret as text; raises ``ConfigurationError`` when it was not fetched."""
        kept: SecretStr | None = self.secret(name)
        if kept is None:
            raise ConfigurationError(f"{name} belum diisi")
        return kept.get_secret_value()


class WhatsApp(ChatBlock):
    """``[whatsapp]``: a Twilio account and the number that people write to.

    ``templates`` maps the names of ``intake.approved`` to the ids (``HX…``) of the texts that were approved.
    ``media_days``: after so many days files are deleted at Twilio (they are in the archive by then).
    """

    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    auth_token_file: Path | None = None
    auth_token_env: str | None = None
    number: Annotated[str, AfterValidator(_number)]
    templates: dict[str, Annotated[str, Field(pattern=r"^HX[0-9a-fA-F]{32}$")]] = Field(default_factory=dict)
    per_second: Annotated[float, Field(gt=0, le=1000)] = 80.0
    poll_seconds: Annotated[int, Field(ge=10, le=3600)] = 60
    media_days: Annotated[int, Field(ge=1, le=365)] = 7
    api: str = Field(default="https://api.twilio.com", pattern=_ORIGIN)

    @model_validator(mode="after")
    def _has_a_token(self) -> Self:
        if not (self.auth_token_file or self.auth_token_env):
            raise ValueError("auth_token_file atau auth_token_env")
        return self

    def fields(self, public_url: str) -> Mapping[str, object]:
        """For ``intake.whatsapp.WhatsAppSettings``."""
        return {
            "account_sid": self.account_sid,
            "token": lambda: self.needs("auth_token"),
            "number": self.number,
            "public_url": public_url,
            "templates": dict(self.templates),
            "api": self.api,
            "per_second": self.per_second,
        }


class Telegram(ChatBlock):
    """``[telegram]``: a bot. Without a ``webhook_secret`` the service asks for updates itself."""

    token_file: Path | None = None
    token_env: str | None = None
    webhook_secret_file: Path | None = None
    webhook_secret_env: str | None = None
    api: str = Field(default="https://api.telegram.org", pattern=_ORIGIN)

    @model_validator(mode="after")
    def _has_a_token(self) -> Self:
        if not (self.token_file or self.token_env):
            raise ValueError("token_file atau token_env")
        return self

    @property
    def delivered(self) -> bool:
        """Whether Telegram delivers updates to our webhook."""
        return bool(self.webhook_secret_file or self.webhook_secret_env)

    def fields(self, public_url: str) -> Mapping[str, object]:
        """For ``intake.telegram.TelegramSettings``."""
        return {
            "token": lambda: self.needs("token"),
            "webhook_secret": lambda: self.needs("webhook_secret") if self.delivered else None,
            "api": self.api,
        }


class ChatBlocks(Block):
    """The chat channels of an installation."""

    whatsapp: WhatsApp | None = None
    telegram: Telegram | None = None

    def chats(self) -> dict[Scheme, ChatBlock]:
        """Those that are set up."""
        found: dict[Scheme, ChatBlock | None] = {Scheme.WHATSAPP: self.whatsapp, Scheme.TELEGRAM: self.telegram}
        return {scheme: block for scheme, block in found.items() if block is not None}


def reachable(public_url: str) -> bool:
    """Whether a provider can reach ``public_url`` over TLS."""
    host = public_url.partition("://")[2].partition("/")[0].rpartition(":")[0] or public_url.partition("://")[2]
    return public_url.startswith("https://") and not is_loopback(host)
