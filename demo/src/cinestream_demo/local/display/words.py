"""The words of both displays: counts, the state of the run, crashes, and problems with the command that helps."""

import shlex
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from cinestream.runtime.local_run import DATA_DIR, DEFAULT_DATA_DIR
from cinestream_demo.local.display.startup import Starting, current_step
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.status import ProcessStatus


def counts(progress: RunProgress) -> dict[str, int]:
    """Return the counts by their names, in the order of the data."""
    streams = progress.counts
    return {
        "queued": streams.queued,
        "read": streams.read,
        "films stored": streams.films,
        "films/min": round(progress.per_minute),
        "dead letters": sum(streams.dead.values()),
        "clients": progress.clients,
    }


def starting(progress: RunProgress, statuses: Iterable[ProcessStatus], now: float) -> Starting | None:
    """Return the step of the start, or None once everything runs and a film is there, and while everything ends."""
    statuses = list(statuses)
    if is_ending(statuses):
        return None
    step = current_step(statuses, now)
    films = progress.first_film is not None or progress.counts.films > 0
    return None if films and not step.name else step


def is_ending(statuses: Iterable[ProcessStatus]) -> bool:
    """Return True while the processes end."""
    return any(status.state in ("ending", "ended") for status in statuses)


def state(progress: RunProgress) -> str:
    """Return a sentence about the films, for a run that has started."""
    if progress.first_film is not None:
        return f"first film after {progress.first_film:.1f} s"
    return f"{progress.counts.films:,} films are stored already, the next one follows when a page has changed"


def crashes(statuses: Iterable[ProcessStatus], now: float) -> list[str]:
    """Return a sentence about each crash of the last minute."""
    return [note for status in statuses if (note := status.note(now))]


def problems(progress: RunProgress) -> list[str]:
    """Return what the services report as wrong, and the command that shows the dead letters of each stage."""
    reported = [f"{name}: {problem}" for name, found in progress.problems.items() for problem in found]
    dead = [
        f"dead letters of {stage}: {_command(progress.settings, f'cinestream-{stage}', 'dead-letters', 'list')}"
        for stage in progress.counts.dead
    ]
    return [*reported, *dead]


def addresses(settings: LocalSettings) -> Sequence[tuple[str, str]]:
    """Return the addresses of the run by their names."""
    return [
        ("watch", settings.stream_url),
        ("try", f"curl -N '{settings.stream_url}/api/movies/stream?replay=5'"),
        ("site", settings.site),
        ("data", f"{settings.data_dir}/"),
        ("logs", f"{settings.data_dir}/logs/"),
    ]


def _command(settings: LocalSettings, script: str, *arguments: str) -> str:
    """Return a command line that works in the directory of the run."""
    path, here = Path(sysconfig.get_path("scripts")) / script, Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    words = shlex.join([str(shown), *arguments])
    data = settings.data_dir.resolve()
    return words if data == Path(DEFAULT_DATA_DIR).resolve() else f"{DATA_DIR}={shlex.quote(str(data))} {words}"
