"""The waker: it fires at once when idle, and at most once per interval under load."""

import anyio
import pytest

from cinestream_stream_api.stream.waker import Waker, push_interval

pytestmark = pytest.mark.anyio


async def test_an_idle_waker_wakes_at_once() -> None:
    """The first event after silence does not wait for the end of an interval."""
    waker = Waker(interval=1000)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(waker.wait)
            await anyio.lowlevel.checkpoint()
            waker.wake()


async def test_under_load_wake_ups_are_rare() -> None:
    """There is at most one wake-up per interval, however many events there are."""
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
    # The first wake-up comes at once. A slow machine can only make the rest longer.
    assert took >= (wakings - 2) * interval
    assert events > wakings


@pytest.mark.parametrize(
    ("clients", "milliseconds"), [(0, 0), (1, 0.1), (100, 10), (249, 24.9), (250, 25), (10_000, 25)]
)
def test_few_clients_wait_briefly(clients: int, milliseconds: float) -> None:
    """The interval grows with the number of clients up to the setting."""
    assert push_interval(clients, max_seconds=0.025) == pytest.approx(milliseconds / 1000)


async def test_a_cancelled_wait_does_not_affect_the_others() -> None:
    """All waiting tasks share a wake-up and stay independent."""
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
