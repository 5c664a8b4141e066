"""The reverse proxies of docs/clients.md, as processes before a stream-api on this machine."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection

from tests.foreign.documented import configuration
from tests.foreign.node_packages import NODE, missing_node
from tests.ports import free_port

_PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"
_UPSTREAM = "127.0.0.1:3000"
"""The address of stream-api in the configurations of the page."""


@dataclass(frozen=True)
class ReverseProxy:
    """A reverse proxy.

    Args:
        name: its name, unique among the proxies.
        command: the function that returns its command, which stays in the foreground. It is given the port to serve,
            the port to forward to, and a folder for its files.
        missing: the function that returns the reason why it cannot run here, or an empty text.
        compresses: True if a stream comes compressed to clients that accept gzip.
    """

    name: str
    command: Callable[[int, int, Path], list[str]]
    missing: Callable[[], str]
    compresses: bool = False

    @contextmanager
    def before(self, target: int, folder: Path) -> Iterator[str]:
        """Run the proxy before a port of this machine while the block runs. Yield its address."""
        port = free_port()
        with (folder / "proxy.log").open("wb") as log:
            process = subprocess.Popen(self.command(port, target, folder), cwd=folder, stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"the proxy does not listen on port {port}")


def _program(name: str) -> str:
    return shutil.which(name, path=_PATH) or ""


def _not_installed(name: str) -> Callable[[], str]:
    return lambda: "" if _program(name) else f"{name} is not installed (tools/foreign.sh installs it)"


def _nginx(site: Callable[[], str]) -> Callable[[int, int, Path], list[str]]:
    """Return the command of nginx with the configuration that Debian ships, and these lines for the site."""

    def command(port: int, target: int, folder: Path) -> list[str]:
        shipped = Path("/etc/nginx/nginx.conf").read_text()
        # The rest would be other sites of this machine. The log and the pid belong to an nginx that may run here.
        shipped = re.sub(r"^[ \t]*include /etc/nginx/\S+/\*.*$", "", shipped, flags=re.MULTILINE)
        shipped = shipped.replace("/run/nginx.pid", f"{folder}/pid").replace("/var/log/nginx", str(folder))
        server = f"server {{ listen 127.0.0.1:{port};\n{site().replace(_UPSTREAM, f'127.0.0.1:{target}')} }}"
        (folder / "nginx.conf").write_text(shipped.replace("http {", f"http {{\n{server}", 1))
        return [_program("nginx"), "-c", f"{folder}/nginx.conf", "-p", str(folder), "-g", "daemon off;"]

    return command


def _haproxy(port: int, target: int, folder: Path) -> list[str]:
    """Return the command of HAProxy with the configuration of the page."""
    text = configuration("HAProxy").replace(_UPSTREAM, f"127.0.0.1:{target}").replace("bind :", "bind 127.0.0.1:")
    # Streams are among the types that it compresses, unless the server forbids it.
    text = text.replace("application/json\n", "application/json text/event-stream\n")
    (folder / "haproxy.cfg").write_text(text.replace(":80\n", f":{port}\n").replace("/etc/haproxy", str(folder)))
    subprocess.run(["sh", "-c", configuration("HAProxy", 1).replace("/etc/haproxy", str(folder))], check=True)
    return [_program("haproxy"), "-f", f"{folder}/haproxy.cfg", "-db"]


def _express(port: int, target: int, _: Path) -> list[str]:
    """Return the command of an Express server with `compression()`."""
    return ["node", str(NODE / "compressing_proxy.mjs"), str(port), str(target)]


_DEFAULT = f"location / {{ proxy_pass http://{_UPSTREAM}; }}"
NGINX = ReverseProxy("nginx", _nginx(lambda: configuration("nginx")), _not_installed("nginx"))
HAPROXY = ReverseProxy("haproxy", _haproxy, _not_installed("haproxy"))
PROXIES = (
    ReverseProxy(
        "nginx-default", _nginx(lambda: f"location / {{ proxy_pass http://{_UPSTREAM}; }}"), _not_installed("nginx")
    ),
    NGINX,
    ReverseProxy(
        "nginx-gzip",
        _nginx(lambda: f"gzip_types text/event-stream; {configuration('nginx')}"),
        _not_installed("nginx"),
        compresses=True,
    ),
    HAPROXY,
    ReverseProxy("express", _express, missing_node),
)
