"""The words of the local run: the steps of its start, crashes, problems, the panel and the lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from cinestream.commands.language import add_catalogue, set_language
from cinestream_demo.local.display.lines import ChangedLines
from cinestream_demo.local.display.panel import panel
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.progress.streams import StreamCounts
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.status import STABLE_SECONDS, Crash, ProcessStatus

NOW = 1000.0
NAMES = ("nats", "topology", "demo-site", "stream-api", "etl", "scraper")


@pytest.fixture
def progress(tmp_path: Path) -> RunProgress:
    """Return the progress of a run that has read nothing yet."""
    return RunProgress(LocalSettings(data_dir=tmp_path))


def processes(running: int) -> list[ProcessStatus]:
    """Return the states of a run in which some processes run, and the next one starts."""
    states = ["running"] * running + ["starting"] + ["waiting"] * len(NAMES)
    return [ProcessStatus(name, state, since=NOW) for name, state in zip(NAMES, states, strict=False)]


def drawn(progress: RunProgress, statuses: list[ProcessStatus], width: int) -> str:
    """Return the panel as text."""
    console = Console(width=width, legacy_windows=False)
    with console.capture() as capture:
        console.print(panel(progress, statuses, NOW, "press o or Enter to open the browser", width=width))
    return capture.get()


def crashed(code: int, seconds_ago: float, *, running_for: float, crashes: int = 1) -> ProcessStatus:
    """Return the state of etl that crashed some seconds ago and runs again."""
    crash = Crash(code, "no more films", NOW - seconds_ago)
    return ProcessStatus("etl", "running", since=NOW - running_for, crashes=crashes, last_crash=crash)


def test_a_crash_note_has_cause_and_age_and_disappears() -> None:
    """The note goes when the process was healthy for a minute."""
    assert crashed(-9, 12, running_for=11).note(NOW) == "etl ended with signal 9, 12 s ago, restarted"
    twice = crashed(3, 180, running_for=5, crashes=2).note(NOW)
    assert twice == "etl ended with code 3, 3 min ago, restarted (2 times in a row): no more films"
    assert crashed(-9, 61, running_for=STABLE_SECONDS).note(NOW) == ""


def test_the_steps_of_the_start_are_explained_while_they_pass(progress: RunProgress) -> None:
    """Each step is printed once, with its seconds, the next step and the seconds to the first film."""
    lines = ChangedLines(progress)
    assert lines.next(processes(4), NOW)[-1] == (
        "step 5 of 7: start etl, which turns pages into films, about 2 s; "
        "next: start the scraper, which reads pages; first film in about 9 s"
    )
    assert lines.next(processes(4), NOW + 1) == []
    slow = drawn(progress, [ProcessStatus("nats", "starting", since=NOW - 20)], 100)
    assert "this takes 20 s already" in slow
    assert "step 7 of 7: read the first page" in lines.next(processes(6), NOW)[-1]
    progress.record(StreamCounts())
    progress.record(StreamCounts(read=1, films=1, versions=1))
    assert [line for line in lines.next(processes(6), NOW) if line.startswith("first film after 0.")]


def test_a_second_run_waits_for_no_first_film(progress: RunProgress) -> None:
    """With films of an earlier run, the steps lead to the end of the start, and the films are named afterwards."""
    progress.record(StreamCounts(films=250, versions=260))
    lines = ChangedLines(progress)
    assert "everything runs in about 5 s" in drawn(progress, processes(4), 100)
    assert "250 films are stored from before, new and changed ones follow: http://localhost:3000" in lines.next(
        processes(6), NOW
    )


def test_a_crash_is_no_step_of_the_start(progress: RunProgress) -> None:
    """A process that starts again after a crash does not bring the steps back."""
    progress.record(StreamCounts(films=5, versions=5))
    statuses = processes(6)
    statuses[4] = crashed(-9, 1, running_for=0)
    statuses[4].state = "starting"
    text = drawn(progress, statuses, 100)
    assert " of 7: " not in text
    assert "etl ended with signal 9, 1 s ago, starting again" in text


def test_dead_letters_are_shown_with_their_command(progress: RunProgress) -> None:
    """Panel and lines name the command of each stage, and the lines do so once."""
    progress.record(StreamCounts(films=1, versions=1, dead={"etl": 2, "scraper": 1}))
    lines = ChangedLines(progress)
    printed = lines.next(processes(6), NOW)
    commands = [line for line in printed if "cinestream-etl dead-letters list" in line]
    assert commands[0].startswith("dead letters of etl: CINESTREAM_DATA_DIR=")
    assert not [line for line in lines.next(processes(6), NOW) if "dead letters of" in line]
    assert "dead letters 3" in printed[-1]
    assert "cinestream-scraper dead-letters list" in " ".join(drawn(progress, processes(6), 200).split())


@pytest.mark.parametrize("width", [80, 120])
def test_the_panel_fits_into_its_terminal(progress: RunProgress, width: int) -> None:
    """Each address of the panel stands on one line, so that it can be copied."""
    text = drawn(progress, processes(6), width)
    assert max(map(len, text.splitlines())) <= width
    assert "http://localhost:3000  press o or Enter to open the browser" in text
    assert "curl -N 'http://localhost:3000/api/movies/stream?replay=5'" in text


@pytest.mark.parametrize(("nats", "sentence"), [("ending", "everything ends"), ("ended", "everything has ended")])
def test_the_panel_says_whether_everything_has_ended(progress: RunProgress, nats: str, sentence: str) -> None:
    """NATS ends last. A run that is stopped early has processes that never started."""
    states = [nats, "ended", "waiting"]
    statuses = [ProcessStatus(name, state, since=NOW) for name, state in zip(NAMES, states, strict=False)]
    assert sentence in drawn(progress, statuses, 80)


@pytest.fixture
def french() -> Iterator[None]:
    """Let the run speak French during a test."""
    add_catalogue("cinestream_demo")
    set_language("fr")
    yield
    set_language("en")


@pytest.mark.usefixtures("french")
def test_the_run_speaks_french(progress: RunProgress) -> None:
    """Counts, steps, states and crashes have French words, with the values of the English ones."""
    statuses = processes(4)
    statuses[0] = crashed(-9, 12, running_for=11)
    text = drawn(progress, statuses, 100)
    assert "étape 5 sur 7 : démarrer etl, qui change les pages en films, 2 s environ" in text
    assert "etl s'est terminé par le signal 9, il y a 12 s, redémarré" in text
    assert "films stockés" in text
    assert "démarre" in ChangedLines(progress).next(statuses, NOW)[4]
