"""The ``posko`` command: every subcommand in its room's file, one way for errors to end."""

import typer

from bot import (
    cli_address,
    cli_calendar,
    cli_devices,
    cli_fallback,
    cli_forms,
    cli_holiday,
    cli_install,
    cli_intake,
    cli_keterangan,
    cli_layout,
    cli_recap,
    cli_report,
    cli_retention,
    cli_retry,
    cli_roster,
    cli_run,
    cli_user,
    cli_watch,
)
from bot.cli_base import guarded

app = typer.Typer(
    name="posko",
    help="Posko Presensi: meja penerima presensi manual pengganti sementara presensi online.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli_install.add_to(app)
cli_run.add_to(app)
cli_watch.add_to(app)
cli_intake.add_to(app)
app.add_typer(cli_roster.app, name="roster")
app.add_typer(cli_fallback.app, name="fallback")
app.add_typer(cli_holiday.app, name="holiday")
app.add_typer(cli_forms.app, name="forms")
app.add_typer(cli_layout.app, name="layout")
app.add_typer(cli_recap.app, name="recap")
app.add_typer(cli_report.app, name="report")
app.add_typer(cli_devices.app, name="devices")
app.add_typer(cli_user.app, name="user")
app.add_typer(cli_address.app, name="address")
app.add_typer(cli_keterangan.app, name="keterangan")
app.add_typer(cli_retention.app, name="retention")
app.add_typer(cli_retry.app, name="retry")
app.command("calendar")(cli_calendar.calendar)


def run() -> None:
    """Entry of the launcher."""
    guarded(app)
