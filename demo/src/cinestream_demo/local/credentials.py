"""Passwords of the NATS users, renewed for each run, and the files with which commands find the run."""

import os
import secrets
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cinestream.runtime.local_run import DATA_DIR, LocalRun
from cinestream_demo.local.failures import unwritable
from cinestream_demo.local.plan import OPS_PORT_OFFSETS, USERS
from cinestream_demo.local.settings import LocalSettings
from cinestream_flow.atomic import write

ENV_FILE = "env"


def new_run(settings: LocalSettings) -> LocalRun:
    """Return the addresses of a run of this process, with a new password for each NATS user."""
    return LocalRun(
        pid=os.getpid(),
        started_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        nats_url=settings.nats_url,
        passwords={user: secrets.token_hex(16) for user in USERS},
        ops={name: f"http://127.0.0.1:{settings.ops_port + offset}" for name, offset in OPS_PORT_OFFSETS.items()},
        stream_url=settings.stream_url,
        site=settings.site,
    )


@contextmanager
def published(run: LocalRun, directory: Path) -> Iterator[None]:
    """Create the folders of a data directory, and describe the run there during the block.

    Commands read `run.json`. A shell in another directory loads `env`, so that its commands find the data directory.

    Raises:
        CannotRun: the directory cannot be written.
    """
    env = directory / ENV_FILE
    with ExitStack() as stack:
        try:
            for name in ("logs", "nats"):
                (directory / name).mkdir(exist_ok=True)
            stack.callback(env.unlink, missing_ok=True)
            write(env, os.fsencode(f"export {DATA_DIR}={shlex.quote(str(directory.absolute()))}\n"), mode=0o600)
            stack.enter_context(run.published(directory))
        except OSError as error:
            raise unwritable(directory, error) from None
        yield
