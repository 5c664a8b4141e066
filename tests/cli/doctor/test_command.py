"""The command `cinestream doctor`: its lines, its JSON, its exit code, and checks that hang or break."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.cli.doctor.cures import of_server, surroundings
from tests.main_function import run_main
from tests.nats_server import NatsServer
from tests.ports import free_port

from cinestream.runtime.local_run import LocalRun
from cinestream_cli.__main__ import main
from cinestream_cli.doctor.checks.all import CHECKS
from cinestream_cli.doctor.result import Result, ok
from cinestream_cli.doctor.runner import Check, run_checks
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

NAMES = "python browser ports disk clock locale settings certificates docker nats permissions streams lag dead-letters"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the environment of a command on a machine without a run, and without programs that are slow."""
    monkeypatch.chdir(tmp_path)
    return {**surroundings(tmp_path).environment, "PATH": str(tmp_path), "HOME": str(tmp_path)}


@pytest.mark.process
def test_without_a_run_the_lines_of_nats_name_the_command_that_starts_it(environment: dict[str, str]) -> None:
    """Each line has a mark, the lines of NATS have the cure, and the exit code is 1."""
    done = run_main(main, ["cinestream", "doctor"], environment)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line[0] in "✓!✗" for line in lines) == len(CHECKS)
    at = next(i for i, line in enumerate(lines) if line.startswith("✗  NATS"))
    assert lines[at + 1].strip() == "→ start the local run, or set CINESTREAM_NATS_URL: cinestream run"
    assert "Traceback" not in done.stderr


@pytest.mark.process
def test_json_has_stable_names(environment: dict[str, str]) -> None:
    """`--json` prints one object with the names of all checks, in English, and the exit code is the same."""
    done = run_main(main, ["cinestream", "doctor", "--json"], environment | {"CINESTREAM_LANGUAGE": "fr"})
    facts = json.loads(done.stdout)
    assert (done.returncode, facts["ok"]) == (1, False)
    assert [check["name"] for check in facts["checks"]] == [*NAMES.split(), "data-sets"]
    assert {key for check in facts["checks"] for key in check} == {"name", "status", "found", "cure", "command"}
    assert {check["status"] for check in facts["checks"]} <= {"ok", "warning", "failed"}
    assert "cannot be reached" in done.stdout


@pytest.mark.anyio
async def test_with_a_run_every_line_of_nats_is_right(topology: NatsServer, tmp_path: Path) -> None:
    """Beside a running server with all users, the checks of NATS pass, from the file that the run writes."""
    ops = {"scraper": topology.url, "etl": topology.url, "stream-api": topology.url}
    run = LocalRun(os.getpid(), "now", topology.url, topology.passwords, ops, topology.url, "http://127.0.0.1:1")
    place = Surroundings({"CINESTREAM_STREAM_PORT": str(free_port())}, run, tmp_path)
    checks = [check for check in CHECKS if check.name not in ("browser", "docker")]
    from anyio.to_thread import run_sync

    results = {check.name: result for check, result in await run_sync(run_checks, checks, place)}
    assert {name: result.found for name, result in results.items() if result.status != "ok"} == {}


def test_a_check_that_hangs_is_a_failed_line(tmp_path: Path) -> None:
    """A check that never ends fails after the time limit, and the others keep their results."""
    hang = threading.Event()

    def wait_forever(_: Surroundings) -> Result:
        hang.wait()
        return ok("never")

    def break_down(_: Surroundings) -> Result:
        raise ZeroDivisionError("a bug")

    checks = [
        Check("hung", Message("hung"), wait_forever),
        Check("broken", Message("broken"), break_down),
        Check("fine", Message("fine"), lambda _: ok("all is well")),
    ]
    lines = run_checks(checks, surroundings(tmp_path), limit_seconds=0.2)
    hang.set()
    assert [line.result.status.value for line in lines] == ["failed", "failed", "ok"]
    assert lines[0].result.found == "the check did not finish within 0.2 s"
    assert "ZeroDivisionError: a bug" in lines[1].result.found
    assert all(line.result.cure for line in lines[:2])


def test_credentials_come_from_the_settings_before_the_run(nats: NatsServer, tmp_path: Path) -> None:
    """A user that is set is used, and the passwords of the run only for the run's own server."""
    run = LocalRun(1, "now", nats.url, {"etl": "of-the-run"}, {}, "http://localhost:1", "")
    assert Surroundings({}, run, tmp_path).passwords == {"etl": "of-the-run"}
    other = Surroundings({"CINESTREAM_NATS_URL": "nats://example.org:4222"}, run, tmp_path)
    assert other.passwords == {"": ""}
    user = {"CINESTREAM_NATS_URL": nats.url, "CINESTREAM_NATS_USER": "scraper", "CINESTREAM_NATS_PASSWORD": "mine"}
    assert Surroundings(user, run, tmp_path).passwords == {"etl": "of-the-run", "scraper": "mine"}
    assert set(of_server(nats, tmp_path).passwords) == set(nats.passwords)


@pytest.mark.process
def test_the_lines_are_french_and_fit_a_terminal_without_utf_8(environment: dict[str, str]) -> None:
    """In French each line has its French text, and a terminal without ✓ shows marks of ASCII."""
    done = run_main(main, ["cinestream", "doctor"], environment | {"CINESTREAM_LANGUAGE": "fr"})
    assert "non vérifié : NATS est injoignable" in done.stdout
    assert "→ démarrez l'exécution locale, ou réglez CINESTREAM_NATS_URL : cinestream run" in done.stdout
    ascii = subprocess.run(
        [sys.executable, "-m", "cinestream_cli", "doctor"],
        env=environment | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert b"x  NATS" in ascii.stdout, ascii.stderr
    assert b"-> use a UTF-8 locale: unset PYTHONIOENCODING" in ascii.stdout
