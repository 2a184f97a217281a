"""Messages that WhatsApp's owner approves beforehand: the only ones it carries outside the reply window.

The texts are registered at the provider by hand; ``posko.toml`` names the id that each was given. No variable stands at
the beginning or the end, and no two side by side: such texts are refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from storage.records_chat import REMINDER_TEMPLATE, TemplateCall

REMINDER, NEWS = REMINDER_TEMPLATE, "kabar"
LOOK = "LIHAT"  # the button of ``kabar``: the tap opens the reply window, and the whole text follows
CHOICES = ("tombol1", "tombol2", "tombol3")  # a text with one, two or three buttons, inside the window only
_VARIABLE = re.compile(r"\{\{(\d+)\}\}")


@dataclass(frozen=True, slots=True)
class Approved:
    """One text; ``buttons`` are titles that come back as they are. ``session``: needs no approval, only a window."""

    text: str
    buttons: tuple[str, ...] = ()
    session: bool = False

    def fill(self, variables: Mapping[str, str]) -> str:
        """The text as its reader sees it."""
        return _VARIABLE.sub(lambda match: variables[match[1]], self.text)


APPROVED = {
    REMINDER: Approved(
        "Yth. Bapak/Ibu Petugas Rekap {{1}}. Mohon izin mengingatkan, hingga pukul {{2}} presensi {{3}} hari {{4}} "
        "belum kami terima. Batas pengiriman pukul {{5}}. Mohon dikirim melalui surel; apabila surel terkendala, "
        "melalui WhatsApp ini. Apabila ada hambatan, mohon balas KENDALA diikuti penjelasan. Mohon abaikan apabila "
        "sudah terkirim. Terima kasih."
    ),
    NEWS: Approved(
        "Posko Presensi menyampaikan: {{1}}. Mohon ketuk LIHAT, atau balas LIHAT, untuk membaca selengkapnya. "
        "Terima kasih.",
        (LOOK,),
    ),
    **{name: Approved("{{1}}", session=True) for name in CHOICES},
}


def news(subject: str) -> TemplateCall:
    """A letter that may not be said in full now: its subject, and the button that asks for the rest."""
    return TemplateCall(NEWS, {"1": " ".join(subject.split()).rstrip(".") or "ada pesan untuk Bapak/Ibu"})


def filled(call: TemplateCall) -> str:
    """What the reader of ``call`` sees."""
    return APPROVED[call.name].fill(call.variables)
