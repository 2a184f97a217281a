"""Shows in the terminal what tests measured (``record_property`` with a name that begins with ``identity_``)."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = sorted(
        str(value)
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name.startswith("identity_")
    )
    if lines:
        terminalreporter.section("identity on the shared variants")
        for line in lines:
            terminalreporter.write_line(line)
