"""Which processes make the local run, in order of readiness. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cinestream_demo.local.settings import LocalSettings

USERS = ("topology", "scraper", "etl", "stream-api", "trakt-export", "takedown")

_DEFAULT = re.compile(r"^(\w+)=\$\{\1:-(.*)\}$", re.MULTILINE)
"""A line of a compose env file that lets the environment go first."""

OPS_PORTS = {"scraper": 0, "etl": 1, "stream-api": 2}
"""Where each service's ops port is, counted from the first."""


@dataclass(frozen=True)
class Process:
    """One process of the local run.

    `ready` is what tells that it does its work: `tcp://host:port`, a URL that answers 200, or "exit" for a
    one-shot command. `environment` is set; `defaults` only where the caller's environment has nothing.
    `port_settings` maps each port that it listens on to the setting that changes it.
    """

    name: str
    command: tuple[str, ...]
    ready: str
    environment: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    port_settings: Mapping[int, str] = field(default_factory=dict)

    @property
    def one_shot(self) -> bool:
        """Whether it does its work and exits."""
        return self.ready == "exit"


@dataclass(frozen=True)
class Installation:
    """Where the commands are, where the project is (for deploy/nats.conf), and the NATS users' passwords."""

    scripts: Path
    root: Path
    passwords: Mapping[str, str]

    def scraper_defaults(self, demo: bool) -> dict[str, str]:
        """How the scraper treats the site: the same files that docker-compose.yml gives it."""
        text = (self.root / "deploy" / ("scraper.env" if demo else "scraper-live.env")).read_text()
        return dict(_DEFAULT.findall(text))


def plan(settings: LocalSettings, installation: Installation) -> list[Process]:
    """The processes in the order in which they are started; each is started once those before it are ready."""
    site = [_demo_site(settings, installation)] if settings.demo else []
    return [
        _nats(settings, installation),
        _command("topology", "exit", settings, installation),
        *site,
        _stream_api(settings, installation),
        _service("etl", settings, installation),
        _scraper(settings, installation),
    ]


def _nats(settings: LocalSettings, installation: Installation) -> Process:
    address = f"127.0.0.1:{settings.nats_port}"
    passwords = {
        f"CINESTREAM_NATS_PASSWORD_{user.upper().replace('-', '_')}": password
        for user, password in installation.passwords.items()
    }
    return Process(
        "nats",
        (str(installation.scripts / "nats-server"), "-c", str(installation.root / "deploy" / "nats.conf")),
        ready=f"tcp://{address}",
        environment={
            "CINESTREAM_NATS_LISTEN": address,
            "CINESTREAM_NATS_MONITOR": "127.0.0.1:-1",  # any free port: nobody asks it here
            "CINESTREAM_NATS_STORE": str(settings.data_dir.resolve() / "nats"),
            **passwords,
        },
        port_settings={settings.nats_port: "CINESTREAM_NATS_URL"},
    )


def _demo_site(settings: LocalSettings, installation: Installation) -> Process:
    return Process(
        "demo-site",
        (str(installation.scripts / "cinestream-demo-site"), "--port", str(settings.demo_port)),
        ready=f"http://127.0.0.1:{settings.demo_port}/livez",
        port_settings={settings.demo_port: "CINESTREAM_DEMO_PORT"},
    )


def _scraper(settings: LocalSettings, installation: Installation) -> Process:
    service = _service("scraper", settings, installation)
    return replace(
        service,
        environment={**service.environment, "CINESTREAM_IMDB_URL": settings.site},
        defaults=installation.scraper_defaults(settings.demo),
    )


def _stream_api(settings: LocalSettings, installation: Installation) -> Process:
    service = _service("stream-api", settings, installation)
    address = {"CINESTREAM_STREAM_HOST": settings.stream_host, "CINESTREAM_STREAM_PORT": str(settings.stream_port)}
    return replace(
        service,
        environment={**service.environment, **address},
        port_settings={**service.port_settings, settings.stream_port: "CINESTREAM_STREAM_PORT"},
    )


def _service(name: str, settings: LocalSettings, installation: Installation) -> Process:
    port = settings.ops_port + OPS_PORTS[name]
    command = _command(name, f"http://127.0.0.1:{port}/readyz", settings, installation)
    ops = {"CINESTREAM_OPS_HOST": "127.0.0.1", "CINESTREAM_OPS_PORT": str(port)}
    return replace(command, environment={**command.environment, **ops}, port_settings={port: "CINESTREAM_OPS_PORT"})


def _command(name: str, ready: str, settings: LocalSettings, installation: Installation) -> Process:
    return Process(
        name,
        (str(installation.scripts / f"cinestream-{name}"),),
        ready=ready,
        environment={
            "CINESTREAM_NATS_URL": settings.nats_url,
            "CINESTREAM_NATS_USER": name,
            "CINESTREAM_NATS_PASSWORD": installation.passwords[name],
        },
    )
