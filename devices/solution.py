"""Solution machines answer SOAP on the local network; the log is asked for whole."""

import re
from collections.abc import Iterator

import httpx

from devices.dates import DateOrder
from devices.dates import plain as plain_moment
from devices.lines import NONE, Batch, Notes, PunchLine, Reason
from domain.errors import Retryable

SOURCE = "solution"
_ROW = re.compile(rb"<Row>(.*?)</Row>", re.DOTALL | re.IGNORECASE)
_FIELD = re.compile(r"<(PIN2?|DateTime|Verified|Status|WorkCode)>([^<]*)</", re.IGNORECASE)
_ASK = (
    '<GetAttLog><ArgComKey xsi:type="xsd:integer">{key}</ArgComKey>'
    '<Arg><PIN xsi:type="xsd:integer">All</PIN></Arg></GetAttLog>'
)


class SoapLog:
    """The rows of an answer; a line is a row."""

    layout = "solution"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        batch = Batch()
        for number, row in enumerate(_ROW.finditer(self._data), 1):
            text = row[1].decode("utf-8", "replace")
            found = self._punch(number, {name.lower(): value.strip() for name, value in _FIELD.findall(text)})
            if isinstance(found, Reason):
                batch.bad.append((number, found, text))
            else:
                batch.punches.append(found)
        yield batch

    def _punch(self, number: int, values: dict[str, str]) -> PunchLine | Reason:
        user = values.get("pin", "")
        if not re.fullmatch(r"[0-9A-Za-z._-]{1,24}", user):
            return Reason.FORM
        moment = plain_moment(values.get("datetime", ""), DateOrder.UNKNOWN)
        if moment is None:
            return Reason.DATE
        return number, user, moment[0], _small(values.get("verified")), _small(values.get("status")), ""


def _small(value: str | None) -> str:
    return value if value and value.isascii() and value.isdigit() and len(value) <= 3 else NONE


async def pull(client: httpx.AsyncClient, address: str, key: int, most_bytes: int) -> bytes:
    """The whole log of the machine at ``address``; raises ``Retryable`` when it does not answer, or not to the end."""
    ask = _ASK.format(key=key)
    whole = bytearray()
    try:
        async with client.stream(
            "POST", f"http://{address}/iWsService", content=ask, headers={"Content-Type": "text/xml"}
        ) as answer:
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                whole += piece
                if len(whole) > most_bytes:
                    raise Retryable("jawaban mesin terlalu besar")
    except httpx.HTTPError as error:
        raise Retryable(f"mesin {address}: {type(error).__name__}") from error
    if b"</GetAttLogResponse>" not in whole:
        raise Retryable(f"mesin {address}: jawaban terpotong")
    return bytes(whole)
