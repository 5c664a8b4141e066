"""The local run: its plan, and its supervisor with small real processes."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.commands.exit_codes import ExitCode
from cinestream.runtime.settings import load_settings
from cinestream_demo.local.failures import CannotRun
from cinestream_demo.local.plan import USERS, Installation, Process, plan
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.supervisor import Supervisor, check_ports

pytestmark = pytest.mark.anyio


def python(name: str, code: str, ready: str = "exit", **more: object) -> Process:
    """Return a process that runs Python code."""
    return Process(name, (sys.executable, "-c", code), ready, **more)  # type: ignore[arg-type]


def listener(port: int, then: str) -> str:
    """Return code that waits for a connection on a port and then runs `then`."""
    return f"import socket, time, sys; s = socket.create_server(('127.0.0.1', {port})); s.accept(); {then}"


@pytest.mark.process
async def test_a_crashed_process_is_restarted_and_its_crash_is_shown(tmp_path: Path) -> None:
    """A process that crashes is restarted, and its exit code and last line of output are shown."""
    port = free_port()
    crashing = python("part", listener(port, "print('no \\x1b[31mmore films'); sys.exit(3)"), f"tcp://127.0.0.1:{port}")
    supervisor, stop = Supervisor([crashing], tmp_path), anyio.Event()
    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(supervisor.run, stop)
            while supervisor.statuses["part"].crashes < 2:
                await anyio.sleep(0.01)
            stop.set()
    note = supervisor.statuses["part"].note(time.monotonic())
    assert re.fullmatch(r"part ended with code 3, \d+ s ago, ended \(2 times in a row\): no  \[31mmore films", note)
    assert "no \x1b[31mmore films" in (tmp_path / "part.log").read_text()


@pytest.mark.process
@pytest.mark.parametrize(("code", "of_the_run"), [(2, 2), (3, 1), (5, 5)])
async def test_a_process_that_never_becomes_ready_ends_the_run_with_its_output(
    tmp_path: Path, code: int, of_the_run: int
) -> None:
    """The run fails when a process ends before it was ready, and says if a setting is wrong or a program is missing."""
    broken = python("part", f"import sys; print('the disk is full'); sys.exit({code})", "tcp://127.0.0.1:1")
    error = pytest.RaisesExc(
        CannotRun, match=f"part ended with {code}: the disk is full", check=lambda error: error.exit_code == of_the_run
    )
    with pytest.RaisesGroup(error, allow_unwrapped=True):
        await Supervisor([broken], tmp_path).run(anyio.Event())


@pytest.mark.process
async def test_a_process_that_does_not_end_is_killed(tmp_path: Path) -> None:
    """A process that ignores SIGTERM is killed together with its children when the run ends."""
    port = free_port()
    stubborn = python(
        "part",
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        + listener(port, "[time.sleep(600) for _ in range(9)]"),
        f"tcp://127.0.0.1:{port}",
    )
    supervisor, stop = Supervisor([stubborn], tmp_path, grace={"part": 0.2}), anyio.Event()
    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(supervisor.run, stop)
            while supervisor.statuses["part"].state != "running":
                await anyio.sleep(0.01)
            stop.set()
    assert supervisor.statuses["part"].state == "ended"


@pytest.mark.process
def test_a_process_whose_parent_was_killed_during_its_start_ends() -> None:
    """The kernel sends no signal for a parent that exited before."""
    code = "import sys; from cinestream_demo.local.child import end_with_parent; end_with_parent(-1); print('on')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")


def test_a_taken_port_is_reported_with_its_setting() -> None:
    """A port of the plan that is in use is an error with the setting that changes it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        never = python("part", "raise SystemExit(1)", port_settings={port: "CINESTREAM_STREAM_PORT"})
        with pytest.raises(CannotRun, match="CINESTREAM_STREAM_PORT"):
            check_ports([never])


def test_everything_of_the_plan_is_bound_to_loopback_by_settings(tmp_path: Path) -> None:
    """Every process listens on loopback only, at ports that settings name. Another site replaces the demo site."""
    installation = Installation(SCRIPTS, dict.fromkeys(USERS, "secret"), lock=0)
    processes = plan(LocalSettings(data_dir=tmp_path), installation)
    assert [p.name for p in processes] == ["nats", "topology", "demo-site", "stream-api", "etl", "scraper"]
    values = [value for p in processes for value in p.environment.values()]
    assert not [value for value in values if "0.0.0.0" in value]
    settings = {setting for p in processes for setting in p.port_settings.values()}
    names = ("NATS_URL", "DEMO_PORT", "STREAM_PORT", "OPS_PORT")
    assert settings == {f"CINESTREAM_{name}" for name in names}
    live = plan(LocalSettings(data_dir=tmp_path, imdb_url="https://example.org"), installation)
    assert "demo-site" not in [p.name for p in live]
    assert live[-1].defaults["CINESTREAM_SCRAPER_RATE"] == "1"


@pytest.mark.parametrize(
    ("host", "url"), [("::", "http://localhost:3000"), ("::1", "http://[::1]:3000"), ("tv.lan", "http://tv.lan:3000")]
)
def test_the_address_of_the_films_can_be_opened(host: str, url: str) -> None:
    """An address of all interfaces is shown as localhost, and an IPv6 address in brackets."""
    assert LocalSettings(stream_host=host).stream_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPS_PORT", "65534"), ("NATS_URL", "nats://127.0.0.1:65536"), ("NATS_URL", "nats://localhost:0")],
)
def test_a_port_that_does_not_exist_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last of the three ops ports counts, too."""
    monkeypatch.setenv(f"CINESTREAM_{name}", value)
    with pytest.raises(SystemExit, match="2"):
        load_settings(LocalSettings)
    assert capsys.readouterr().err.startswith(f"CINESTREAM_{name}: expected ")


def test_two_parts_on_one_port_are_refused(tmp_path: Path) -> None:
    """The ops ports of all three services count."""
    settings = LocalSettings(data_dir=tmp_path, stream_port=9103)
    message = "CINESTREAM_STREAM_PORT and CINESTREAM_OPS_PORT both use port 9103"
    with pytest.raises(CannotRun, match=message) as caught:
        plan(settings, Installation(SCRIPTS, dict.fromkeys(USERS, "secret"), lock=0))
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_program_that_is_not_installed_is_named(tmp_path: Path) -> None:
    """The error names the program and the extra that installs it, and the exit code is that of a missing dependency."""
    with pytest.raises(CannotRun, match=r"demo-site is not installed in .*cinestream-demo\[local\]") as caught:
        plan(LocalSettings(data_dir=tmp_path), Installation(tmp_path, dict.fromkeys(USERS, "secret"), lock=0))
    assert caught.value.exit_code == ExitCode.MISSING_DEPENDENCY


def test_given_targets_replace_the_seeds_of_the_scraper(tmp_path: Path) -> None:
    """The seeds of a run come from its targets, and otherwise from the caller or the defaults."""
    installation = Installation(SCRIPTS, dict.fromkeys(USERS, "secret"), lock=0)
    settings = LocalSettings(data_dir=tmp_path)
    given, default = plan(settings, installation, seeds="tt0111161")[-1], plan(settings, installation)[-1]
    assert given.environment["CINESTREAM_SCRAPER_SEEDS"] == "tt0111161"
    assert "CINESTREAM_SCRAPER_SEEDS" not in default.environment
    assert default.defaults["CINESTREAM_SCRAPER_SEEDS"].startswith("chart:top@")
