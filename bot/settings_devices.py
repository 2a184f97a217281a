"""``[devices]`` of ``posko.toml``: the device worker."""

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from devices.listener import PRIVATE


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise ValueError("jaringan seperti 10.0.0.0/8") from None


class Devices(BaseModel):
    """Where devices call in and how often the others are called. Secrets lie in files of their own (mode 0600).

    ``folder`` is watched for log files, a subfolder named like a device belongs to it. ``mailbox`` names the
    ``[[mailbox]]`` whose attachments are device logs. ``networks``: who may call in at all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8081
    folder: Path | None = Path("mesin")
    mailbox: str | None = None
    networks: tuple[Annotated[str, AfterValidator(_network)], ...] = PRIVATE
    most_kb: Annotated[int, Field(ge=64, le=65536)] = 4096
    pull_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    pull_seconds: Annotated[int, Field(ge=5, le=3600)] = 120
    hub_token_file: Path | None = None
    cloud_token_file: Path | None = None
    cloud_url: Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])")] = (
        "https://developer.fingerspot.io/api/get_attlog"
    )
