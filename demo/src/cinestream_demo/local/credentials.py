"""Passwords of the NATS users, renewed for each run, and the files that give them to a shell."""

import os
import secrets

from cinestream_demo.local.child import CannotRun
from cinestream_demo.local.plan import USERS
from cinestream_demo.local.settings import LocalSettings


def prepare_data_dir(settings: LocalSettings) -> dict[str, str]:
    """Create the data directory, and return a new password for each NATS user.

    The files `env`, `env-etl` and `env-takedown` get the passwords that commands need. Only this user can read them.

    Raises:
        CannotRun: the directory cannot be written.
    """
    # nats-server reads the value of a variable as configuration. A password that began with a digit or "-"
    # would not be a string there.
    passwords = {user: f"p{secrets.token_hex(16)}" for user in USERS}
    try:
        for name in ("logs", "nats"):
            (settings.data_dir / name).mkdir(parents=True, exist_ok=True)
        _write_env(settings, "env", user="scraper", password=passwords["scraper"])
        _write_env(settings, "env-etl", user="etl", password=passwords["etl"])
        _write_env(settings, "env-takedown", user="takedown", password=passwords["takedown"])
    except OSError as error:
        reason = f"the data directory {settings.data_dir} cannot be written ({error.strerror})"
        raise CannotRun(f"{reason}: set CINESTREAM_DATA_DIR to another one") from None
    return passwords


def _write_env(settings: LocalSettings, name: str, *, user: str, password: str) -> None:
    """Write a file of shell variables for the commands of one NATS user."""
    variables = {
        "CINESTREAM_NATS_URL": settings.nats_url,
        "CINESTREAM_NATS_USER": user,
        "CINESTREAM_NATS_PASSWORD": password,
        "CINESTREAM_IMDB_URL": settings.site,
    }
    path = settings.data_dir / name
    # The file is created anew with mode 600, because a chmod of an existing file would leave a moment to read it.
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"export {variable}='{value}'\n" for variable, value in variables.items())
