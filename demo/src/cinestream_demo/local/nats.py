"""The configuration of nats-server: a file with the users and limits, and environment variables for the rest."""

from collections.abc import Mapping
from pathlib import Path

CONFIG = Path(__file__).parent / "nats.conf"

_ESCAPES = str.maketrans({'"': r"\"", "\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def nats_environment(listen: str, store: Path, passwords: Mapping[str, str], *, monitor: str) -> dict[str, str]:
    """Return the variables that nats.conf reads.

    Args:
        listen: address for clients, `host:port`.
        store: absolute path of the folder of the streams. It may contain any character.
        passwords: password of each user.
        monitor: address of the HTTP monitor. The port -1 stands for any free port.
    """
    values = {"LISTEN": listen, "MONITOR": monitor, "STORE": str(store)}
    values |= {f"PASSWORD_{user.upper().replace('-', '_')}": password for user, password in passwords.items()}
    return {f"CINESTREAM_NATS_{name}": _quoted(value) for name, value in values.items()}


def _quoted(value: str) -> str:
    """Return a value as a string of the configuration language.

    nats-server parses the value of a variable like the file: without quotes, `12` is a number and `#` begins a comment.
    """
    return f'"{value.translate(_ESCAPES)}"'
