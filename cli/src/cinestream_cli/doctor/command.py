"""The command `cinestream doctor`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream_flow.message import Message

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object. Its names are stable.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write a bundle for a bug report (.tar.gz): results, versions, settings and logs, no secrets."
        ),
    ] = None,
) -> None:
    """Check this machine, the settings, NATS and the pipeline. Each line that is not ✓ names its cure.

    Exits with 1 if a line is ✗.
    """
    from json import dumps

    from cinestream.commands.language import translate
    from cinestream.runtime.logs import configure_logs
    from cinestream_cli.doctor.checks.all import CHECKS
    from cinestream_cli.doctor.output import as_json, text_lines
    from cinestream_cli.doctor.runner import run_checks
    from cinestream_cli.doctor.surroundings import Surroundings

    configure_logs("console", "critical", service="doctor")
    surroundings = Surroundings()
    lines = run_checks(CHECKS, surroundings)
    if json:
        typer.echo(dumps(as_json(lines), indent=2))
    else:
        _print_lines(text_lines(lines, translate))
    if report is not None:
        _write(report, as_json(lines), surroundings)
    raise typer.Exit(ExitCode.FAILED if any(line.result.failed for line in lines) else ExitCode.DONE)


def _print_lines(lines: Iterable[str]) -> None:
    """Print the lines also where the encoding of the terminal lacks some of their letters."""
    from cinestream_flow.printable import printable

    encoding = sys.stdout.encoding or "ascii"
    for line in lines:
        typer.echo(printable(line).encode(encoding, "replace").decode(encoding))


def _write(path: Path, results: dict[str, Any], surroundings: Any) -> None:
    from cinestream.commands.language import translate
    from cinestream_cli.doctor.report import write_report

    names = write_report(path, results, surroundings)
    text = Message(
        "wrote {path}: {names}. Secrets are masked, but read it before you publish it",
        path=path,
        names=", ".join(names),
    )
    typer.echo(translate(text), err=True)
