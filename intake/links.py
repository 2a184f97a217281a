"""Short-lived addresses of archived files, signed: for providers that fetch attachments themselves, and for people."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer

from domain.ports import Clock
from storage.records import LetterFile

LIFE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and opens addresses below ``public_url``; ``key`` is the installation's own secret."""

    public_url: str
    key: bytes
    clock: Clock

    def make(self, file: LetterFile, life: timedelta = LIFE) -> str:
        """Where ``file`` can be fetched for ``life``, without any login."""
        until = int((self.clock.now() + life).timestamp())
        token = self._signer().dumps([file.sha256, until, file.media_type])
        return f"{self.public_url}/berkas/{token}/{quote(file.name, safe='')}"

    def open(self, token: str, name: str) -> LetterFile | None:
        """The file that ``token`` stands for; None when it is forged or its time is over."""
        try:
            sha256, until, media_type = self._signer().loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        if datetime.fromtimestamp(until, UTC) <= self.clock.now():
            return None
        return LetterFile(name, media_type, sha256)

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.key, salt="posko berkas", signer_kwargs={"digest_method": hashlib.sha256})
