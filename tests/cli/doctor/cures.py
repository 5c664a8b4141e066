"""Parts of the tests of the doctor: surroundings, and the execution of a cure."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.nats_server import NatsServer
from tests.ports import free_port

from cinestream_cli.doctor.result import Result
from cinestream_cli.doctor.surroundings import Surroundings


def surroundings(tmp_path: Path, **settings: str) -> Surroundings:
    """Return surroundings without a run, in which nothing listens on any port unless a setting says so."""
    ports = {
        "NATS_URL": f"nats://127.0.0.1:{free_port()}",
        "STREAM_PORT": str(free_port()),
        "OPS_PORT": str(free_port(3)),
    }
    environment = {f"CINESTREAM_{name}": value for name, value in (ports | settings).items()}
    return Surroundings(environment, None, tmp_path)


def of_server(nats: NatsServer, tmp_path: Path, **settings: str) -> Surroundings:
    """Return surroundings with all users of a nats-server."""
    users = {f"NATS_PASSWORD_{user.upper().replace('-', '_')}": text for user, text in nats.passwords.items()}
    return surroundings(tmp_path, NATS_URL=nats.url, **users, **settings)


def execute(result: Result, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Execute the command of a cure in a shell, and return the environment that it leaves."""
    assert result.cure
    done = subprocess.run(
        ["/bin/sh", "-ec", f"{result.command}\n/usr/bin/env -0"], env=environment, capture_output=True, check=True
    )
    return dict(line.split("=", 1) for line in done.stdout.decode().split("\0") if line)


def executed(result: Result, before: Surroundings) -> Surroundings:
    """Return the surroundings after a cure that changes settings."""
    environment = execute(result, before.environment)
    data_dir = Path(environment.get("CINESTREAM_DATA_DIR", before.data_dir))
    return Surroundings(environment, before.run, data_dir)


def program(folder: Path, name: str, script: str) -> None:
    """Write a program for the PATH. It takes the place of one that would change this machine."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def path_environment() -> Mapping[str, str]:
    """Return an environment that has only the PATH of the test."""
    return {"PATH": os.environ["PATH"]}
