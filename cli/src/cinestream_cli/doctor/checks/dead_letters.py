"""The check of the dead letters."""

from cinestream.bus.topology import DEAD_LETTERS
from cinestream.contracts import subjects
from cinestream_cli.doctor.nats_access import NatsAccess, undeclared, with_nats
from cinestream_cli.doctor.result import Result, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message, Plural


def dead_letters(surroundings: Surroundings) -> Result:
    """Count the messages that could not be handled."""
    counts = with_nats(surroundings, _count)
    total = sum(counts.values())
    if not total:
        return ok(Message("none"))
    stages = {subject.removeprefix(f"{subjects.DEAD}."): count for subject, count in counts.items()}
    names = ", ".join(f"{stage} {count}" for stage, count in sorted(stages.items()))
    found = Plural(
        "{count} message could not be handled ({stages})",
        "{count} messages could not be handled ({stages})",
        count=total,
        stages=names,
    )
    cure = Message("read the reasons, then `retry` or `purge` them")
    return warning(found, cure, "; ".join(f"cinestream-{stage} dead-letters list" for stage in sorted(stages)))


async def _count(nats: NatsAccess) -> dict[str, int]:
    """Return the number of dead letters of each subject."""
    try:
        info = await nats.api(f"STREAM.INFO.{DEAD_LETTERS}", {"subjects_filter": ">"})
    except KeyError as error:
        raise undeclared(error) from error
    return info["state"].get("subjects") or {}
