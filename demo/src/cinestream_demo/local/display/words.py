"""The words of both displays: counts, the state of the run, crashes, and problems with the command that helps."""

import shlex
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from cinestream.runtime.local_run import DATA_DIR, DEFAULT_DATA_DIR
from cinestream_demo.local.display.startup import Starting, current_step
from cinestream_demo.local.progress.progress import RunProgress
from cinestream_demo.local.settings import LocalSettings
from cinestream_demo.local.status import ENDED, ENDING, ProcessStatus
from cinestream_flow.message import Message


def counts(progress: RunProgress) -> dict[str, int]:
    """Return the counts by their names, in the order of the data."""
    streams = progress.counts
    return {
        Message("queued"): streams.queued,
        Message("read"): streams.read,
        Message("films stored"): streams.films,
        Message("films/min"): round(progress.per_minute),
        Message("dead letters"): sum(streams.dead.values()),
        Message("clients"): progress.clients,
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
    return any(status.state in (ENDING, ENDED) for status in statuses)


def end(statuses: Iterable[ProcessStatus]) -> Message | None:
    """Return a sentence about the end of the run, or None before it ends."""
    states = {status.state for status in statuses}
    if ENDING in states:
        return Message("everything ends")
    return Message("everything has ended") if ENDED in states else None


def steps(progress: RunProgress, step: Starting) -> list[Message]:
    """Return the sentences about a step of the start."""
    return step.sentences(f"{progress.settings.data_dir}/logs", stored=progress.counts.films > 0)


def state(progress: RunProgress) -> str:
    """Return a sentence about the films, for a run that has started."""
    if progress.before and progress.before.films:
        return Message(
            "{count:,} films are stored from before, new and changed ones follow", count=progress.before.films
        )
    return Message("first film after {seconds:.1f} s", seconds=progress.first_film or 0)


def crashes(statuses: Iterable[ProcessStatus], now: float) -> list[str]:
    """Return a sentence about each crash of the last minute."""
    return [note for status in statuses if (note := status.note(now))]


def problems(progress: RunProgress) -> list[str]:
    """Return what the services report as wrong, and the command that shows the dead letters of each stage."""
    reported = [
        Message("{name}: {problem}", name=name, problem=problem)
        for name, found in progress.problems.items()
        for problem in found
    ]
    dead = [
        Message("dead letters of {stage}: {command}", stage=stage, command=_dead_letters(progress.settings, stage))
        for stage in progress.counts.dead
    ]
    return [*reported, *dead]


def addresses(settings: LocalSettings) -> Sequence[tuple[str, str]]:
    """Return the addresses of the run by their names."""
    return [
        (Message("watch"), settings.stream_url),
        (Message("try"), f"curl -N '{settings.stream_url}/api/movies/stream?replay=5'"),
        (Message("site"), settings.site),
        (Message("data"), f"{settings.data_dir}/"),
        (Message("logs"), f"{settings.data_dir}/logs/"),
    ]


def _dead_letters(settings: LocalSettings, stage: str) -> str:
    """Return the command that lists the dead letters of a stage, for the directory of the run."""
    path, here = Path(sysconfig.get_path("scripts")) / f"cinestream-{stage}", Path.cwd()
    command = f"{shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))} dead-letters list"
    data = settings.data_dir.resolve()
    return command if data == Path(DEFAULT_DATA_DIR).resolve() else f"{DATA_DIR}={shlex.quote(str(data))} {command}"
