"""Which reader reads an archived post again, by the source that is kept with it."""

from devices import adms, fingerspot, fkweb, solution, zk
from devices.lines import LogReader


def reader_for(source: str, data: bytes) -> LogReader | None:
    """The protocol's own reader; None for files, whose content tells."""
    if source in (adms.SOURCE, adms.SOURCE_RT):
        return adms.reader_for(source, data)
    if source == fkweb.SOURCE:
        return fkweb.RealtimeGlog(data)
    if source == fingerspot.SOURCE:
        return fingerspot.CloudLog(data)
    if source == solution.SOURCE:
        return solution.SoapLog(data)
    return zk.ZkLog(data) if source == zk.SOURCE else None
