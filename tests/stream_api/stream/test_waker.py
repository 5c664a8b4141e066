"""Waking: at once when idle, at most once a tick under load."""

import anyio
import pytest

from cinestream_stream_api.stream.waker import Waker, push_interval

pytestmark = pytest.mark.anyio


async def test_an_idle_waker_wakes_at_once() -> None:
    """The first event after silence does not wait for the end of a tick."""
    waker = Waker(interval=1000)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(waker.wait)
            await anyio.lowlevel.checkpoint()
            waker.wake()


async def test_under_load_wakings_are_rare() -> None:
    """However many events there are, those who wait are woken at most once a tick."""
    interval, wakings, events = 0.05, 5, 0
    waker = Waker(interval)

    async def load() -> None:
        nonlocal events
        while True:
            waker.wake()
            events += 1
            await anyio.lowlevel.checkpoint()

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            started = anyio.current_time()
            group.start_soon(load)
            for _ in range(wakings):
                await waker.wait()
            took = anyio.current_time() - started
            group.cancel_scope.cancel()
    # The first comes at once; a slow machine can only make it longer.
    assert took >= (wakings - 2) * interval
    assert events > wakings


@pytest.mark.parametrize(
    ("clients", "milliseconds"), [(0, 0), (1, 0.1), (100, 10), (249, 24.9), (250, 25), (10_000, 25)]
)
def test_few_clients_wait_little(clients: int, milliseconds: float) -> None:
    """The tick grows with what a waking costs, up to the setting."""
    assert push_interval(clients, max_seconds=0.025) == pytest.approx(milliseconds / 1000)


async def test_one_who_is_cancelled_does_not_disturb_the_others() -> None:
    """All who wait share one waking, and stay independent."""
    waker, woken = Waker(interval=0), anyio.Event()

    async def wait() -> None:
        await waker.wait()
        woken.set()

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            with anyio.move_on_after(0):
                await waker.wait()
            waker.wake()
            await woken.wait()
