"""The cleanup of browser processes: those of a run are found and killed, and no others."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.scraper.sites import hand_made_site

from cinestream_scraper.browser.process_cleanup import BrowserRun, SessionFiles

CHILD_WITHOUT_MARK = (
    "import os, subprocess; subprocess.Popen(['sleep', '60'], env={}); os.execvp('sleep', ['sleep', '60'])"
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
Start = list[subprocess.Popen[bytes]]


@pytest.fixture
def started() -> Iterator[Start]:
    """Yield a list for the processes that a test starts, and end them."""
    processes: Start = []
    yield processes
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def browser(files: SessionFiles | None, started: Start, code: str = CHILD_WITHOUT_MARK) -> subprocess.Popen[bytes]:
    """Start a process like a driver: in a session of its own, with a child whose environment has no mark."""
    environment = files.environment if files else dict(os.environ)
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, start_new_session=True)
    started.append(process)
    while len(alive(process.pid)) < 2:
        pass
    return process


def alive(session: int) -> list[int]:
    """Return the living processes of a session."""
    found = subprocess.run(["ps", "-e", "-o", "sess=,pid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in found.stdout.splitlines()]
    return [int(pid) for of, pid, state in rows if of == str(session) and not state.startswith("Z")]


@pytest.mark.process
def test_a_session_ends_with_all_its_processes_and_no_others(tmp_path: Path, started: Start) -> None:
    """Killing one session ends its driver and the driver's children. Its neighbour and other processes live on."""
    run = BrowserRun.begin(tmp_path)
    ours, neighbours = run.session("1"), run.session("2")
    mine, neighbour, stranger = browser(ours, started), browser(neighbours, started), browser(None, started)
    ours.kill()
    ours.remove()
    assert alive(mine.pid) == []
    assert (len(alive(neighbour.pid)), len(alive(stranger.pid))) == (2, 2)
    run.end()
    assert alive(neighbour.pid) == []
    assert len(alive(stranger.pid)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_remote_session_that_opens_after_the_kill_is_ended(tmp_path: Path) -> None:
    """A full Selenium server may open a session after the scraper has stopped waiting for it."""
    files = BrowserRun.begin(tmp_path).session("1")
    files.kill()
    files.remove()
    with hand_made_site() as server:
        files.note_remote(f"{server.url}/session/1")
        files.kill()
        assert server.requested == ["/session/1"]


def test_a_browser_that_still_removes_its_files_can_be_killed(tmp_path: Path) -> None:
    """Directories may vanish while the session is killed, as those of a dying Chromium do."""
    run = BrowserRun.begin(tmp_path)
    session = run.session("1")
    profile, over = session.directory / "tmp" / "profile", threading.Event()

    def dying() -> None:
        while not over.is_set():
            for name in map(str, range(50)):
                (profile / name / "cache").mkdir(parents=True)
            shutil.rmtree(profile)

    browser = threading.Thread(target=dying)
    browser.start()
    try:
        for _ in range(50):
            session.kill()
    finally:
        over.set()
        browser.join()
    run.end()


@pytest.mark.process
def test_the_next_start_cleans_up_after_a_killed_scraper(tmp_path: Path, started: Start) -> None:
    """The processes and files of a run without its scraper are removed, even if its driver exited first."""
    scraper = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib, subprocess; from cinestream_scraper.browser.process_cleanup import BrowserRun;"
            "run = BrowserRun.begin(pathlib.Path(sys.argv[1]));"
            "p = subprocess.Popen([sys.executable, '-c', 'import subprocess; subprocess.run([\"sleep\", \"60\"])'],"
            " env=run.session('1').environment, start_new_session=True);"
            "print(p.pid, flush=True); p.wait()",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
    )
    assert scraper.stdout
    driver = int(scraper.stdout.readline())
    while len(alive(driver)) < 2:
        pass
    scraper.kill()
    scraper.wait()
    scraper.stdout.close()
    os.kill(driver, 9)
    while driver in alive(driver):
        pass
    assert len(alive(driver)) == 1
    run = BrowserRun.begin(tmp_path)
    assert alive(driver) == []
    assert {path.name for path in tmp_path.iterdir()} == {"lock", run.directory.name}
    run.end()


@pytest.mark.process
def test_the_run_of_a_living_scraper_is_left_alone(tmp_path: Path, started: Start) -> None:
    """Two scrapers on one machine share the state directory, but not their browsers."""
    first = BrowserRun.begin(tmp_path)
    process = browser(first.session("1"), started)
    second = BrowserRun.begin(tmp_path)
    assert len(alive(process.pid)) == 2
    second.end()
    assert first.directory.is_dir()
    first.end()


def test_only_directories_of_runs_are_cleaned_up(tmp_path: Path) -> None:
    """Other programs may use the state directory: their folders stay, whatever their names."""
    for name in ("films", "0123456789abcdef", "fedcba9876543210-notes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "lock").write_text("mine")
    (tmp_path / "00112233445566ff").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "0011223344556677").mkdir()  # of a run that was killed when it had just begun
    killed = BrowserRun.begin(tmp_path)
    killed._lock.close()  # as the kernel does for a scraper that is killed
    BrowserRun.begin(tmp_path).end()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"lock", "films", "0123456789abcdef", "fedcba9876543210-notes", "elsewhere", "00112233445566ff"}
    assert (tmp_path / "films" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "elsewhere" / "lock").read_text() == "mine"
