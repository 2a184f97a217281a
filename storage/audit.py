"""The sealer: chains what was committed to the audit trail, once a second."""

from storage.audit_trail import SEAL_AT_ONCE
from storage.engine import Database


class Sealer:
    """Chains committed audit rows; several processes may have one: an advisory lock serialises them."""

    def __init__(self, db: Database) -> None:
        """``db``: an open database."""
        self._db = db
        self._thorough = True  # the first runs look at every row, later ones only at recent ones

    async def seal(self) -> int:
        """Seal what was committed since; returns how many rows."""
        async with self._db.begin() as uow:
            sealed = await uow.audit.seal(thorough=self._thorough)
        self._thorough = self._thorough and sealed == SEAL_AT_ONCE
        return sealed

    async def head(self) -> str | None:
        """The hash of the last link, None while the chain is empty; printed in summaries and reports."""
        async with self._db.begin() as uow:
            return await uow.audit.head()
