"""Addresses as they may be shown to others: enough to recognise one's own, not to write to it."""

from domain.terms import Scheme

CHANNEL_NAMES = {
    Scheme.MAIL: "surel", Scheme.WHATSAPP: "WhatsApp", Scheme.TELEGRAM: "Telegram", Scheme.UPLOAD: "unggahan",
}  # fmt: skip


def masked(address: str) -> str:
    """``6281•••4567``, ``d•••b@presensi.test``."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}•••{name[-1:] if len(name) > 2 else ''}@{host}"
    return f"{name[:4]}•••{name[-4:]}" if len(name) > 9 else f"{name[:2]}•••"
