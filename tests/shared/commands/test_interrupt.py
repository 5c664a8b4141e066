"""Ctrl-C ends real commands."""

import os
import signal
import subprocess

import pytest
from tests.paths import SCRIPTS
from tests.ports import free_port

pytestmark = pytest.mark.process


def test_ctrl_c_ends_a_command_that_waits_for_nats() -> None:
    """The exit code is 130, and there is no traceback."""
    settings = {"CINESTREAM_NATS_URL": f"nats://127.0.0.1:{free_port()}"}
    process = subprocess.Popen(
        [SCRIPTS / "cinestream-topology"], env=os.environ | settings, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    errors = first + process.stderr.read()
    assert process.wait(30) == 130, errors
    assert "Traceback" not in errors
    process.stderr.close()


def test_ctrl_c_ends_a_command_that_waits_for_input() -> None:
    """A command that reads lines answers the first one, and ends without a traceback."""
    process = subprocess.Popen(
        [SCRIPTS / "cinestream-etl", "tone"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write('{"plot": null}\n')
    assert "Neutral" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "")
