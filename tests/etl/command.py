"""The command `cinestream-etl`, run inside the test's own process.

A process of its own would spend over a second on imports. Tests marked `process` start one all the same, to cover the
entry point.
"""

import os
from functools import partial
from subprocess import CompletedProcess

import anyio
from tests.main_function import run_main
from tests.nats_server import NatsServer

from cinestream_etl.__main__ import main


def run_command(*arguments: str, input: str = "", **environment: str) -> CompletedProcess[str]:
    """Run the command to its end, and return its exit code and output."""
    return run_main(main, ["cinestream-etl", *arguments], os.environ | environment, input)


async def run_with_bus(nats: NatsServer, *arguments: str) -> CompletedProcess[str]:
    """Run the command with the credentials of etl, beside the test's own event loop."""
    command = partial(run_main, main, ["cinestream-etl", *arguments], os.environ | nats.environment("etl"))
    return await anyio.to_thread.run_sync(command)
