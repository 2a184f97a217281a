"""Files inside ``winmail.dat`` (TNEF), which Outlook sends when its format goes wrong."""

import struct

from tnefparse import TNEF


def tnef_files(data: bytes) -> tuple[list[tuple[str, bytes]], str]:
    """Name and bytes of each file, and what went wrong (empty when nothing did)."""
    try:
        parsed = TNEF(data, do_checksum=False)
        files = [(str(a.long_filename() or a.name or ""), bytes(a.data or b"")) for a in parsed.attachments]
    except (ValueError, LookupError, TypeError, AttributeError, struct.error, OverflowError, RecursionError) as error:
        # tnefparse does not guard its own reads: damaged files raise any of these.
        return [], f"TNEF {type(error).__name__}"
    return [(name.replace("\x00", "").strip(), content) for name, content in files if content], ""
