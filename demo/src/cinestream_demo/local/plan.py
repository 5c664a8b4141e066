"""The plan of the local run: its processes, their environments and their order. It starts nothing itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cinestream.commands.exit_codes import ExitCode
from cinestream_demo.local.failures import CannotRun
from cinestream_demo.local.nats import CONFIG, nats_environment
from cinestream_demo.local.settings import LocalSettings
from cinestream_flow.message import Message

USERS = ("topology", "scraper", "etl", "stream-api", "trakt-export", "takedown")

_DEFAULT = re.compile(r"^(\w+)=\$\{\1:-(.*)\}$", re.MULTILINE)
"""A line of a compose env file with a default that the environment overrides."""

OPS_PORT_OFFSETS = {"scraper": 0, "etl": 1, "stream-api": 2}
"""Offset of each service's ops port from the first ops port."""


@dataclass(frozen=True)
class Process:
    """One process of the local run.

    `ready` is the readiness check: `tcp://host:port` accepts a connection, a URL returns 200,
    or "exit" for a one-shot command.
    `environment` overrides the caller's environment. `defaults` are set only where the caller's has no value.
    `port_settings` maps each port that the process listens on to the setting that changes it.
    `inherited` are open file descriptors that the process keeps open.
    """

    name: str
    command: tuple[str, ...]
    ready: str
    environment: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    port_settings: Mapping[int, str] = field(default_factory=dict)
    inherited: tuple[int, ...] = ()

    @property
    def one_shot(self) -> bool:
        """True for a command that exits when its work is done."""
        return self.ready == "exit"


@dataclass(frozen=True)
class Installation:
    """The directory of the commands, the passwords of the NATS users, and the lock of the data directory."""

    scripts: Path
    passwords: Mapping[str, str]
    lock: int

    def command(self, name: str) -> str:
        """Return the path of an installed command.

        Raises:
            CannotRun: it is not installed.
        """
        path = self.scripts / name
        if not path.is_file():
            reason = Message(
                "{name} is not installed in {folder}: pip install 'cinestream-demo[local]'",
                name=name,
                folder=self.scripts,
            )
            raise CannotRun(reason, ExitCode.MISSING_DEPENDENCY)
        return str(path)


def plan(settings: LocalSettings, installation: Installation, *, seeds: str = "") -> list[Process]:
    """Return the processes in the order of their start. Each one starts when those before it are ready.

    `seeds` are the targets to read, in the form of `CINESTREAM_SCRAPER_SEEDS`. By default that setting decides.
    """
    _require_different_ports(settings)
    site = [_demo_site(settings, installation)] if settings.demo else []
    return [
        _nats(settings, installation),
        _command("topology", "exit", settings, installation),
        *site,
        _stream_api(settings, installation),
        _service("etl", settings, installation),
        _scraper(settings, installation, seeds),
    ]


def _require_different_ports(settings: LocalSettings) -> None:
    """Raise CannotRun if two settings name the same port. Both parts would listen there, and share its connections."""
    ports = [(settings.nats_port, "CINESTREAM_NATS_URL"), (settings.stream_port, "CINESTREAM_STREAM_PORT")]
    ports += [(settings.demo_port, "CINESTREAM_DEMO_PORT")] if settings.demo else []
    ports += [(settings.ops_port + offset, "CINESTREAM_OPS_PORT") for offset in OPS_PORT_OFFSETS.values()]
    names: dict[int, str] = {}
    for port, name in ports:
        if (first := names.setdefault(port, name)) != name:
            reason = Message(
                "{first} and {second} both use port {port}: change one", first=first, second=name, port=port
            )
            raise CannotRun(reason, ExitCode.USAGE)


def _nats(settings: LocalSettings, installation: Installation) -> Process:
    address, store = f"127.0.0.1:{settings.nats_port}", settings.data_dir.resolve() / "nats"
    return Process(
        "nats",
        (installation.command("nats-server"), "-c", str(CONFIG)),
        ready=f"tcp://{address}",
        # The monitor gets any free port, because nothing reads it here.
        environment=nats_environment(address, store, installation.passwords, monitor="127.0.0.1:-1"),
        port_settings={settings.nats_port: "CINESTREAM_NATS_URL"},
        # As long as the server writes its store, no other run may start with the same data.
        inherited=(installation.lock,),
    )


def _demo_site(settings: LocalSettings, installation: Installation) -> Process:
    return Process(
        "demo-site",
        (installation.command("cinestream-demo-site"), "--port", str(settings.demo_port)),
        ready=f"http://127.0.0.1:{settings.demo_port}/livez",
        port_settings={settings.demo_port: "CINESTREAM_DEMO_PORT"},
    )


def _scraper(settings: LocalSettings, installation: Installation, seeds: str) -> Process:
    service = _service("scraper", settings, installation)
    reads = {"CINESTREAM_SCRAPER_SEEDS": seeds} if seeds else {}
    return replace(
        service,
        environment={**service.environment, "CINESTREAM_IMDB_URL": settings.site, **reads},
        defaults=_scraper_defaults(settings.demo),
    )


def _scraper_defaults(demo: bool) -> dict[str, str]:
    """Return the scraper's settings for the demo site or a live one, from the files that compose uses."""
    text = (Path(__file__).parent / ("scraper.env" if demo else "scraper-live.env")).read_text("utf-8")
    return dict(_DEFAULT.findall(text))


def _stream_api(settings: LocalSettings, installation: Installation) -> Process:
    service = _service("stream-api", settings, installation)
    environment = {
        "CINESTREAM_STREAM_HOST": settings.stream_host,
        "CINESTREAM_STREAM_PORT": str(settings.stream_port),
        # The person who pressed Ctrl-C waits, and there is no other replica that needs the clients spread out.
        "CINESTREAM_STREAM_DRAIN_SECONDS": "0",
    }
    return replace(
        service,
        environment={**service.environment, **environment},
        port_settings={**service.port_settings, settings.stream_port: "CINESTREAM_STREAM_PORT"},
    )


def _service(name: str, settings: LocalSettings, installation: Installation) -> Process:
    port = settings.ops_port + OPS_PORT_OFFSETS[name]
    command = _command(name, f"http://127.0.0.1:{port}/readyz", settings, installation)
    ops = {"CINESTREAM_OPS_HOST": "127.0.0.1", "CINESTREAM_OPS_PORT": str(port)}
    return replace(command, environment={**command.environment, **ops}, port_settings={port: "CINESTREAM_OPS_PORT"})


def _command(name: str, ready: str, settings: LocalSettings, installation: Installation) -> Process:
    return Process(
        name,
        (installation.command(f"cinestream-{name}"),),
        ready=ready,
        environment={
            "CINESTREAM_NATS_URL": settings.nats_url,
            "CINESTREAM_NATS_USER": name,
            "CINESTREAM_NATS_PASSWORD": installation.passwords[name],
        },
    )
