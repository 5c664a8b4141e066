"""Several workers of stream-api as real processes: one port, one set of ids, one set of metrics, one shutdown."""

import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest
from tests.nats_server import NatsServer
from tests.ports import free_port
from tests.stream_api.films import publish
from tests.stream_api.server_process import Process
from tests.stream_api.serving import STREAM
from tests.stream_api.sse import Reader

from cinestream.bus.jetstream import Bus
from cinestream_stream_api.process.worker_process import WorkerProcess, share
from cinestream_stream_api.settings import StreamSettings

pytestmark = pytest.mark.anyio
CLIENTS = 40


@pytest.fixture
def api_environment(tmp_path: Path) -> dict[str, str]:
    """Return settings of two workers, with a directory of their own for temporary files."""
    (tmp_path / "tmp").mkdir()
    return {
        "CINESTREAM_STREAM_WORKERS": "2",
        "CINESTREAM_STREAM_DRAIN_SECONDS": "60",
        "TMPDIR": str(tmp_path / "tmp"),
    }


def workers(api: Process) -> set[int]:
    """Return the worker processes of the service."""
    assert api.process
    return running_workers(api.process.pid)


def running_workers(parent: int) -> set[int]:
    """Return the workers among the children of a process."""
    children = {int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}
    return {pid for pid in children if "cinestream_stream_api.process.worker" in command(pid)}


def command(pid: int) -> str:
    """Return the command line of a process, or an empty text if the process is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


async def until(condition: Callable[[], Any]) -> None:
    """Wait until a condition holds."""
    with anyio.fail_after(60):
        while not condition():
            await anyio.sleep(0.01)


async def answer(url: str) -> Any:
    """Return the answer of /readyz."""
    async with httpx2.AsyncClient(timeout=60) as client:
        return (await client.get(url)).json()


async def all_ready(api: Process) -> None:
    """Wait until both workers are ready."""
    with anyio.fail_after(60):
        while await answer(f"http://127.0.0.1:{api.ops}/readyz") != {"status": "ready", "degraded": []}:
            await anyio.sleep(0.05)


async def metric(api: Process, name: str) -> float:
    """Return the value of a metric on the ops port."""
    async with httpx2.AsyncClient(timeout=60) as client:
        text = (await client.get(f"http://127.0.0.1:{api.ops}/metrics")).text
    found = re.search(rf"^cinestream_stream_{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


class Client:
    """A client that follows the stream, and resumes whenever it ends."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.ids: list[str] = []
        self.drops = 0
        self.last = ""

    async def follow(self) -> None:
        """Follow the stream until cancelled."""
        async with httpx2.AsyncClient(base_url=self._url, timeout=60) as client:
            while True:
                with suppress(httpx2.HTTPError):
                    await self._once(client)
                self.drops += 1
                await anyio.sleep(0.01)

    async def _once(self, client: httpx2.AsyncClient) -> None:
        reader = Reader()
        headers = {"Last-Event-ID": self.last} if self.last else {}
        async with client.stream("GET", STREAM, headers=headers) as response:
            async for chunk in response.aiter_raw():
                for event in reader.feed(chunk):
                    self.last = event.id
                    if event.name == "movie":
                        self.ids.append(event.id)


async def test_a_worker_that_dies_is_replaced_and_no_client_misses_a_film(api: Process, etl_bus: Bus) -> None:
    """Its clients resume on another worker with the same ids. The metrics are those of all workers."""
    await all_ready(api)
    before = workers(api)
    assert len(before) == 2
    clients = [Client(api.url) for _ in range(CLIENTS)]
    async with anyio.create_task_group() as group:
        for client in clients:
            group.start_soon(client.follow)
        await until(lambda: all(client.last for client in clients))
        with anyio.fail_after(60):
            while await metric(api, 'clients{state="live"}') != CLIENTS:
                await anyio.sleep(0.05)
        await publish(etl_bus, *range(1, 11))
        await until(lambda: all(len(client.ids) == 10 for client in clients))
        with anyio.fail_after(60):
            while await metric(api, "deliveries_total") != 10 * CLIENTS:
                await anyio.sleep(0.05)
        os.kill(min(before), signal.SIGKILL)
        await publish(etl_bus, *range(11, 21))
        await until(lambda: all(len(client.ids) >= 20 for client in clients))
        await until(lambda: len(workers(api) - {min(before)}) == 2)
        await all_ready(api)
        dropped = sum(client.drops > 0 for client in clients)
        group.cancel_scope.cancel()
    assert 0 < dropped < CLIENTS  # both workers had clients
    assert {tuple(client.ids) for client in clients} == {tuple(clients[0].ids)}
    assert [int(id.rpartition("-")[2]) for id in clients[0].ids] == list(range(1, 21))


async def test_a_worker_that_hangs_is_replaced(
    topology: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that no longer answers is killed, and its successor serves the waiting clients on the same port."""
    for name, value in topology.environment("stream-api").items():
        monkeypatch.setenv(name, value)
    worker = WorkerProcess(0, StreamSettings(stream_port=free_port(), stream_workers=2), str(tmp_path))
    async with anyio.create_task_group() as group:
        group.start_soon(worker.keep)
        await ready(worker)
        [hung] = running_workers(os.getpid())
        os.kill(hung, signal.SIGSTOP)
        worker.hung_after = 0
        await worker.check()
        worker.hung_after = 60
        await until(lambda: running_workers(os.getpid()) - {hung})
        await ready(worker)
        assert hung not in running_workers(os.getpid())
        await worker.end()


async def ready(worker: WorkerProcess) -> None:
    """Wait until the worker is ready."""
    with anyio.fail_after(60):
        while worker.not_ready:
            await worker.check()
            await anyio.sleep(0.01)


async def test_signals_end_all_workers(api: Process, tmp_path: Path) -> None:
    """The first starts the drain, the second ends it. Streams end complete, and the temporary directory is empty."""
    await all_ready(api)
    pids, ended = workers(api), list[str]()

    async def read(*, task_status: anyio.abc.TaskStatus[None]) -> None:
        async with httpx2.AsyncClient(timeout=60) as client, client.stream("GET", api.url + STREAM) as response:
            chunks = response.aiter_raw()
            await anext(chunks)
            task_status.started()
            async for _ in chunks:  # raises when the body is incomplete
                pass
        ended.append("whole")

    assert list((tmp_path / "tmp").iterdir())
    async with anyio.create_task_group() as group:
        for _ in range(10):
            await group.start(read)
        await end_one_stream(f"http://127.0.0.1:{api.ops}/ops/streams")
        assert api.process
        api.process.terminate()
        await until(lambda: len(ended) > 1)
        assert (await answer(f"http://127.0.0.1:{api.ops}/readyz"))["reason"] == "stopping"
        assert len(ended) < 10
        assert await anyio.to_thread.run_sync(api.terminate) == 0, api.log.read_text()
    assert ended == ["whole"] * 10
    assert "worker.killed" not in api.log.read_text()
    assert [pid for pid in pids if command(pid)] == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert "Traceback" not in api.log.read_text()


async def end_one_stream(url: str) -> None:
    """End one of ten open streams as an operator. The list has the streams of all workers."""
    async with httpx2.AsyncClient(timeout=60) as client:
        listed = (await client.get(url)).json()
        ids = {stream["id"] for stream in listed["streams"]}
        assert (listed["total"], len(ids), listed["unanswered"]) == (10, 10, [])
        limited = (await client.get(f"{url}?limit=3")).json()
        assert (limited["total"], len(limited["streams"])) == (10, 3)
        one = ids.pop()
        assert (await client.delete(f"{url}/{one}")).status_code == 204
        with anyio.fail_after(60):
            while (await client.get(url)).json()["total"] != 9:
                await anyio.sleep(0.01)
        assert (await client.delete(f"{url}/{one}")).status_code == 404


async def test_workers_do_not_outlive_their_parent(api: Process) -> None:
    """A parent that is killed leaves no process that holds the port."""
    await all_ready(api)
    pids = workers(api)
    api.kill()
    await until(lambda: not any(command(pid) for pid in pids))
    api.start()
    assert workers(api).isdisjoint(pids)


def listening(port: int) -> str:
    """Return the socket that listens on a port, in the form of the links in /proc/PID/fd."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    [inode] = [row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"]
    return f"socket:[{inode}]"


def holds(pid: int, file: str) -> bool:
    """Return True if a process has this socket open."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.append(str(link.readlink()))
    return file in found


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
async def test_no_worker_holds_the_ops_port(api: Process) -> None:
    """A worker that briefly outlives its parent would accept connections there and never answer."""
    await all_ready(api)
    assert api.process
    ops = listening(api.ops)
    assert holds(api.process.pid, ops)
    assert len(workers(api)) == 2
    assert not [pid for pid in workers(api) if holds(pid, ops)]


async def test_without_nats_no_worker_is_ready(api: Process) -> None:
    """/readyz is a 503 with the reason. /livez stays 200, because a restart would not help."""
    await all_ready(api)
    api.nats.kill()
    with anyio.fail_after(60):
        while (await answer(f"http://127.0.0.1:{api.ops}/readyz"))["status"] == "ready":
            await anyio.sleep(0.05)
    readiness = await answer(f"http://127.0.0.1:{api.ops}/readyz")
    assert readiness == {"status": "unready", "reason": "the bus is disconnected"}
    assert await answer(f"http://127.0.0.1:{api.ops}/livez") == {"status": "alive"}
    api.nats.start()
    await all_ready(api)


async def test_the_limit_of_clients_is_divided(api: Process) -> None:
    """All workers together never have more open streams than the limit."""
    before = workers(api)
    api.kill()
    await until(lambda: not any(map(command, before)))  # until they notice they share the port
    api.settings["CINESTREAM_STREAM_MAX_CLIENTS"] = "5"
    api.start()
    await all_ready(api)
    async with httpx2.AsyncClient(base_url=api.url, timeout=60) as client, anyio.create_task_group() as group:
        opened, refused = list[int](), list[int]()

        async def open_one(*, task_status: anyio.abc.TaskStatus[None]) -> None:
            own = httpx2.AsyncClient(base_url=api.url, timeout=60)
            async with own, own.stream("GET", STREAM, headers={"Accept": "application/x-ndjson"}) as response:
                (opened if response.status_code == 200 else refused).append(response.status_code)
                task_status.started()
                if response.status_code == 200:
                    await anyio.sleep_forever()

        with anyio.fail_after(60):
            while len(opened) < 5:
                await group.start(open_one)
            for _ in range(10):
                await group.start(open_one)
        assert len(opened) == 5
        assert set(refused) == {503}
        assert (await client.get("/livez")).status_code == 200
        group.cancel_scope.cancel()


@pytest.mark.parametrize(("limit", "workers", "shares"), [(10, 3, [4, 3, 3]), (1, 2, [1, 1]), (0, 2, [0, 0])])
def test_the_shares_add_up_to_the_limit(limit: int, workers: int, shares: list[int]) -> None:
    """Each worker gets at least 1, and no limit stays no limit."""
    assert [share(limit, number, workers) for number in range(workers)] == shares
