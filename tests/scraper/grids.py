"""Selenium servers that tests start: the published container, and a Grid from its jar."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from tests.ports import free_port

IMAGE = "selenium/standalone-chromium:4"
SESSIONS = 2
SESSION_TIMEOUT = 10
"""Seconds after which a Grid ends a session that does nothing."""


@contextmanager
def grid(kind: str) -> Iterator[str]:
    """Start a server of the kind `container` or `jar`, and yield its address. Skip the test where it is missing."""
    port = free_port()
    with _container(port) if kind == "container" else _jar(port):
        url = f"http://127.0.0.1:{port}/wd/hub"
        _wait(url)
        yield url


@contextmanager
def _container(port: int) -> Iterator[None]:
    """Run the published image on the host's network, where the sites of the tests are."""
    if (
        not shutil.which("docker")
        or subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True).returncode
    ):
        pytest.skip(f"no docker with {IMAGE} here")
    sizes = {
        "SE_NODE_MAX_SESSIONS": SESSIONS,
        "SE_NODE_OVERRIDE_MAX_SESSIONS": "true",
        "SE_NODE_SESSION_TIMEOUT": SESSION_TIMEOUT,
        "SE_OPTS": f"--port {port}",
    }
    options = [f"--env={name}={value}" for name, value in sizes.items()]
    command = ["docker", "run", "--detach", "--rm", "--network=host", "--shm-size=1g", *options, IMAGE]
    entry = subprocess.run(
        ["docker", "image", "inspect", "-f", "{{.Config.Cmd}}", IMAGE], capture_output=True, text=True
    )
    if "chromedriver" in entry.stdout:  # a plain driver stands in for the image
        command += ["chromedriver", f"--port={port}", "--url-base=/wd/hub", "--allowed-ips=", "--allowed-origins=*"]
    started = subprocess.run(command, capture_output=True, text=True, check=True)
    try:
        yield
    finally:
        subprocess.run(["docker", "rm", "--force", started.stdout.strip()], capture_output=True, check=True)


@contextmanager
def _jar(port: int) -> Iterator[None]:
    """Run a Grid of the browsers of this machine."""
    jar = os.environ.get("CINESTREAM_SELENIUM_JAR", "")
    if not Path(jar).is_file() or not shutil.which("java"):
        pytest.skip("no Selenium Grid here (set CINESTREAM_SELENIUM_JAR to selenium-server-4.*.jar; it needs java)")
    options = {
        "port": port,
        "max-sessions": SESSIONS,
        "override-max-sessions": "true",
        "session-timeout": SESSION_TIMEOUT,
        "selenium-manager": "false",
        "sub-path": "/wd/hub",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = ["java", "-jar", jar, "standalone", *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            with suppress(ProcessLookupError):  # ends the drivers and browsers that it leaves
                os.killpg(process.pid, signal.SIGKILL)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"{url}/status", timeout=5).json()["value"]["ready"]:
                return
        except (httpx2.HTTPError, ValueError, KeyError):
            pass
        time.sleep(0.1)
    raise TimeoutError(url)
