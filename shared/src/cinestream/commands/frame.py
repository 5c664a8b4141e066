"""The frame of every command: its version, completion, language, errors and exit codes.

At module level it imports little, so that Ctrl-C while a command is being imported ends it without a traceback.
"""

import errno
import os
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any, NoReturn

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.language import add_catalogue, set_language, translate, translate_help
from cinestream.commands.output import discard_output, open_closed_streams, reader_is_gone
from cinestream.commands.paragraphs import join_lines
from cinestream_flow.errors import Invalid, MissingDependency, Transient
from cinestream_flow.groups import first_error
from cinestream_flow.message import Message
from cinestream_flow.printable import printable

_LAYOUT = "\n\t"
_VERSION_HELP = Message("Print the version and exit.")


@dataclass(frozen=True)
class Command:
    """A command of a distribution.

    Args:
        name: Name of the command on the command line.
        app: The typer application, as "module:attribute". The module is imported when the command runs.
        distribution: Name of the distribution, if it is not that of the command.
        extras: Extra of the distribution that installs each optional module.
    """

    name: str
    app: str
    distribution: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)

    def run(self, *, language: str = "auto") -> NoReturn:
        """Run the command with the arguments of the process, and exit with its code.

        Args:
            language: "en", "fr", or "auto" for the language of the environment.
        """
        try:
            open_closed_streams()
            try:
                self._run(language)
            finally:
                sys.stdout.flush()  # Python would report a full disk at its end, without a reason
        except BaseException as error:
            try:
                code = self._exit_code(error)
            except KeyboardInterrupt:
                code = ExitCode.INTERRUPTED
        sys.exit(int(code))

    def _run(self, language: str) -> None:
        if sys.argv[1:] == ["--version"]:  # without the imports of an application
            sys.stdout.write(f"{self.version}\n")
            sys.exit(ExitCode.DONE)
        add_catalogue(self.app.partition(".")[0])
        set_language(language)
        self._load()(prog_name=self.name)

    @property
    def version(self) -> str:
        """The name of the command and the version of its distribution."""
        from importlib.metadata import version

        return f"{self.name} {version(self.distribution or self.name)}"

    def _load(self) -> Any:
        """Import the application, and return its command with the option `--version` in the language of the user."""
        from importlib import import_module

        from typer.main import get_command

        module, _, attribute = self.app.partition(":")
        command = get_command(getattr(import_module(module), attribute))
        command.params.append(_version_option(self))
        prepare(command)
        return command

    def _exit_code(self, error: BaseException) -> int:
        """Print the reason why a command has ended, unless that was done, and return its exit code."""
        from typer import Exit

        cause = first_error(error) if isinstance(error, BaseExceptionGroup) else error
        match cause:
            case KeyboardInterrupt():
                return ExitCode.INTERRUPTED
            case Exit():
                return cause.exit_code
            case SystemExit(code=None | int() as code):
                return code or ExitCode.DONE
            case SystemExit():
                return _print(cause.code)
            case ModuleNotFoundError() if self._extra(cause):
                names = {"package": cause.name, "distribution": self.distribution or self.name}
                return _print(
                    Message("{package} is missing: install {distribution}[{extra}]", extra=self._extra(cause), **names),
                    ExitCode.MISSING_DEPENDENCY,
                )
            case MissingDependency():
                return _print(cause, ExitCode.MISSING_DEPENDENCY)
            case Invalid() | Transient():
                return _print(cause)
            case OSError(filename=name, strerror=reason) if name and reason:
                return _print(Message("{name}: {reason}", name=name, reason=reason))
            case BrokenPipeError() if reader_is_gone():
                return _discarded("")
            case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EIO, strerror=reason):
                return _discarded(Message("the output cannot be written: {reason}", reason=reason))
        traceback.print_exception(error)
        return _print(Message("{version} has a bug: report it with the lines above", version=self.version))

    def _extra(self, error: ModuleNotFoundError) -> str:
        return self.extras.get((error.name or "").partition(".")[0], "")


def fail(message: str | Exception, code: ExitCode = ExitCode.FAILED) -> NoReturn:
    """End the command: print a message to stderr in the language of the user, and exit.

    Args:
        message: A text, or an exception whose text is the message.
        code: Exit code of the command.
    """
    from typer import Exit

    raise Exit(_print(message, code))


def prepare(command: Any) -> None:
    """Let a typer command use the language of the user, and explain itself without slow imports."""
    _convert_less(command, completing=any(name.endswith("_COMPLETE") for name in os.environ))
    translate_help(command)
    join_lines(command)


def _discarded(message: str) -> ExitCode:
    """Report that stdout cannot be written, if there is something to report. Python would try it again at its end."""
    discard_output()
    return _print(message) if message else ExitCode.FAILED


def _print(message: object, code: ExitCode = ExitCode.FAILED) -> ExitCode:
    text = translate(message) if isinstance(message, str | Exception) else str(message)
    with suppress(OSError):  # the terminal is gone
        sys.stderr.write(f"{printable(text, keep=_LAYOUT)}\n")
    return code


def _convert_less(command: Any, *, completing: bool) -> None:
    """Spare conversions of options, for which typer imports pydantic.

    Args:
        command: Command whose options are adapted.
        completing: True if the shell asks for a completion, which needs no values at all.
    """
    all_options = command.get_params

    def get_params(context: Any) -> Any:
        options = all_options(context)
        for option in options:
            if getattr(option, "is_flag", False):
                option.default = bool(option.default)  # typer's own flags have no default
            if completing:
                option.process_value = lambda _, value: value
        return options

    command.get_params = get_params
    for contained in getattr(command, "commands", {}).values():
        _convert_less(contained, completing=completing)


def _version_option(command: Command) -> Any:
    """Return the option `--version` of a command."""
    import typer
    from typer.main import get_command

    def show(wanted: bool) -> None:
        if wanted:
            typer.echo(command.version)
            raise typer.Exit

    def about(
        version: Annotated[
            bool, typer.Option("--version", callback=show, is_eager=True, expose_value=False, help=_VERSION_HELP)
        ] = False,
    ) -> None: ...

    host = typer.Typer(add_completion=False)
    host.command()(about)
    return get_command(host).params[0]
