"""What every block of ``posko.toml`` shares: frozen, secrets beside it, addresses and ports checked."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr

Port = Annotated[int, Field(ge=0, le=65535)]
Tls = Literal["none", "starttls", "tls"]


def _address(value: str) -> str:
    local, at, host = value.strip().lower().rpartition("@")
    if not (local and at and host) or any(c.isspace() for c in value.strip()):
        raise ValueError("alamat surel seperti presensi@bkd.go.id")
    return f"{local}@{host}"


MailAddress = Annotated[str, AfterValidator(_address)]


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine itself, so that traffic to it leaves no wire."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Block(BaseModel):
    """Common behaviour of all blocks; ``secret(name)`` returns what ``bot.settings`` fetched for that key."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)
    _secrets: dict[str, SecretStr] = PrivateAttr(default_factory=dict)

    def secret(self, name: str) -> SecretStr | None:
        """The secret ``name`` (``password``, ``client_secret`` …), or None when the block names none."""
        return self._secrets.get(name)

    def keep_secret(self, name: str, value: SecretStr) -> None:
        """For ``bot.settings`` alone: put a fetched secret behind the block."""
        self._secrets[name] = value
