"""``[reports]``: who gets the desk's own reports (TLG-D4, TLG-D5), who signs them, on which paper."""

from typing import Literal

from pydantic import Field

from bot.settings_base import Block, MailAddress


class ReportSigner(Block):
    """``[reports.signer]``: the signature block; an empty ``name`` leaves a line to be filled in by hand."""

    place: str = ""
    post: str = ""
    name: str = ""
    rank: str = ""
    nip: str = Field(default="", pattern=r"^(\d{18})?$")


class Reports(Block):
    """``[reports]``: addresses here stand in for those of the profile, key by key.

    The reports hold discipline figures: they go to these addresses and to nobody else.
    """

    weekly: tuple[MailAddress, ...] = ()
    monthly: tuple[MailAddress, ...] = ()
    paper: Literal["F4", "A4"] = "F4"
    signer: ReportSigner = ReportSigner()
