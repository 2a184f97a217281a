"""Fails when any test of the given JUnit reports was skipped: a check that did not run has not passed."""

import sys
from pathlib import Path
from xml.etree import ElementTree


def main(reports: list[str]) -> int:
    """Print what was skipped and a closing sum; 1 when anything was skipped or failed, else 0."""
    total = failed = 0
    skipped: list[str] = []
    for report in reports:
        for case in ElementTree.fromstring(Path(report).read_text("utf-8")).iter("testcase"):
            total += 1
            failed += case.find("failure") is not None or case.find("error") is not None
            if (reason := case.find("skipped")) is not None:
                skipped.append(f"{case.get('classname')}.{case.get('name')}: {reason.get('message')}")
    for line in skipped:
        sys.stdout.write(f"skipped: {line}\n")
    sys.stdout.write(f"{total - failed - len(skipped)} passed, {failed} failed, {len(skipped)} skipped\n")
    return 1 if failed or skipped or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
