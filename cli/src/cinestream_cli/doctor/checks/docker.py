"""The check of Docker, which only `docker compose up` needs."""

import re
import subprocess

from cinestream_cli.doctor.result import Result, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

MIN_COMPOSE = (2, 20)
"""The first version of docker compose that reads all of docker-compose.yml."""
_SECONDS = 8.0
_INSTALL = "sudo apt install docker.io docker-compose-v2"


def docker(surroundings: Surroundings) -> Result:
    """Check that the engine can be reached, and that compose is new enough."""
    cure = Message("only docker compose needs it: https://docs.docker.com/engine/install")
    try:
        engine = _output("docker", "version", "--format", "{{.Server.Version}}")
    except FileNotFoundError:
        return warning(Message("Docker is not installed"), cure, _INSTALL)
    except (OSError, subprocess.SubprocessError) as error:
        found = Message("the Docker engine does not answer ({error})", error=_reason(error))
        return warning(found, Message("start it, or join the group docker"), "sudo systemctl start docker")
    try:
        compose = _output("docker", "compose", "version", "--short")
    except (OSError, subprocess.SubprocessError):
        return warning(Message("Docker {engine} without compose", engine=engine), cure, _INSTALL)
    found = Message("Docker {engine}, compose {compose}", engine=engine, compose=compose)
    if tuple(map(int, re.findall(r"\d{1,6}", compose)[:2])) < MIN_COMPOSE:
        wanted = ".".join(map(str, MIN_COMPOSE))
        return warning(found, Message("install compose {wanted} or newer", wanted=wanted), _INSTALL)
    return ok(found)


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    return done.stdout.strip()


def _reason(error: Exception) -> str:
    text = getattr(error, "stderr", None) or str(error)
    return str(text).strip().splitlines()[-1][:200]
