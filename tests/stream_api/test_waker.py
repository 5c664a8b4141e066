"""Waking: at once when idle, at most once a tick under load."""

import anyio
import pytest

from cinestream_stream_api.waker import Waker

pytestmark = pytest.mark.anyio


async def count_wakings(waker: Waker, until: anyio.Event) -> int:
    """How often one who waits is woken before the event is set."""
    count = 0
    async with anyio.create_task_group() as group:

        async def wait() -> None:
            nonlocal count
            while True:
                await waker.wait()
                count += 1

        group.start_soon(wait)
        await until.wait()
        group.cancel_scope.cancel()
    return count


async def test_an_idle_waker_wakes_at_once() -> None:
    """The first event after silence does not wait for the end of a tick."""
    waker = Waker(tick=1000)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(waker.wait)
            await anyio.lowlevel.checkpoint()
            waker.wake()


async def test_under_load_wakings_are_rare() -> None:
    """However many events there are, those who wait are woken about once a tick."""
    waker, done = Waker(tick=0.05), anyio.Event()

    async def load() -> None:
        started = anyio.current_time()
        while anyio.current_time() < started + 0.3:
            waker.wake()
            await anyio.lowlevel.checkpoint()
        done.set()

    async with anyio.create_task_group() as group:
        group.start_soon(load)
        assert 2 <= await count_wakings(waker, done) <= 7


async def test_one_who_is_cancelled_does_not_disturb_the_others() -> None:
    """All who wait share one waking, and stay independent."""
    waker, woken = Waker(tick=0), anyio.Event()

    async def wait() -> None:
        await waker.wait()
        woken.set()

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            with anyio.move_on_after(0):
                await waker.wait()
            waker.wake()
            await woken.wait()
