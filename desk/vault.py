"""Secrets that must be read again, such as those of the second factor, as they lie in the database: sealed.

Who gets hold of the database alone can make no codes. The key comes from the one key that every installation keeps
outside the database and in its backup (``sheets.key``), by HKDF, so that no use of one tells anything of the other.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import PoskoError
from storage.engine import Database

_SEALED = "v1:"  # base32 has no colon: what does not begin so was written before secrets were sealed
_NONCE = 12
_PURPOSE = b"posko presensi: second factor, 1"


class VaultError(PoskoError):
    """A secret cannot be sealed or opened: the installation's key is missing, or another than it was."""


class Vault:
    """Seals and opens the secrets of accounts; each is bound to its account, so that no row works in another's place.

    ``key``: 32 bytes of the installation, None in one that has none yet.
    """

    def __init__(self, key: bytes | None) -> None:
        self._cipher = None if key is None else AESGCM(HKDF(SHA256(), 32, None, _PURPOSE).derive(key))

    def seal(self, account_id: int, secret: str) -> str:
        """``secret`` as it is stored; raises ``VaultError`` without a key."""
        nonce = os.urandom(_NONCE)
        sealed = self._open_cipher().encrypt(nonce, secret.encode(), _owner(account_id))
        return _SEALED + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, account_id: int, stored: str) -> str:
        """The secret; what was stored before secrets were sealed is taken as it is. Raises ``VaultError``."""
        if not is_sealed(stored):
            return stored
        try:
            raw = base64.urlsafe_b64decode(stored.removeprefix(_SEALED))
            return self._open_cipher().decrypt(raw[:_NONCE], raw[_NONCE:], _owner(account_id)).decode()
        except (InvalidTag, ValueError):
            raise VaultError("rahasia ini disegel dengan kunci lain; pulihkan sheets.key dari cadangan") from None

    def _open_cipher(self) -> AESGCM:
        if self._cipher is None:
            raise VaultError("instalasi ini belum mempunyai kunci; jalankan posko migrate, lalu mulai ulang layanan")
        return self._cipher


def is_sealed(stored: str) -> bool:
    """Whether a stored secret is sealed."""
    return stored.startswith(_SEALED)


async def seal_old(db: Database, vault: Vault) -> int:
    """Seal what an earlier version stored as it was; returns how many. Nothing happens without a key."""
    async with db.begin() as uow:
        old = {a.id: a.totp_secret for a in await uow.accounts.all() if a.totp_secret and not is_sealed(a.totp_secret)}
        try:
            for id_, secret in old.items():
                await uow.accounts.reseal_totp(id_, secret, vault.seal(id_, secret))
        except VaultError:
            return 0
    return len(old)


def _owner(account_id: int) -> bytes:
    return f"account:{account_id}".encode()
