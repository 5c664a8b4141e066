"""The check of the streams and consumers: the server has them as `cinestream.bus.topology` declares them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cinestream.bus.topology import STREAMS
from cinestream.commands.streams import TopologySettings
from cinestream_cli.doctor.nats_access import NatsAccess, NotPermitted, with_nats
from cinestream_cli.doctor.result import Result, failed, joined, ok
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

Json = Mapping[str, Any]


class _Part(NamedTuple):
    """A stream or consumer, the request for its configuration, and the declared configuration."""

    name: str
    request: str
    config: Json


def streams(surroundings: Surroundings) -> Result:
    """Compare each field of each stream and consumer with its declaration."""
    differences, unseen = with_nats(surroundings, _compare_all)
    if differences:
        return failed(joined(differences), Message("declare the streams again"), "cinestream-topology")
    if unseen:
        return ok(Message("as declared. The known users cannot see {names}", names=", ".join(unseen)))
    count = sum(len(stream.consumers) for stream in STREAMS)
    return ok(Message("{streams} streams and {consumers} consumers as declared", streams=len(STREAMS), consumers=count))


async def _compare_all(nats: NatsAccess) -> tuple[list[str], list[str]]:
    """Return the differences, and the names of what no known user may see."""
    differences: list[str] = []
    unseen: list[str] = []
    for part in _declared():
        try:
            differences += _differences(part, (await nats.api(part.request))["config"])
        except KeyError:
            differences.append(Message("{name} is missing", name=part.name))
        except NotPermitted:
            unseen.append(part.name)
    return differences, unseen


def _declared() -> Iterator[_Part]:
    settings = _settings()
    for stream in STREAMS:
        config = {**stream.config, "max_bytes": settings.max_bytes(stream)}
        yield _Part(stream.name, f"STREAM.INFO.{stream.name}", config)
        for consumer in stream.consumers:
            request = f"CONSUMER.INFO.{stream.name}.{consumer.name}"
            yield _Part(f"{stream.name}/{consumer.name}", request, consumer.config)


def _settings() -> TopologySettings:
    try:
        return TopologySettings()
    except ValueError:  # the line of the settings reports it
        return TopologySettings.model_construct()


def _differences(part: _Part, current: Json) -> Iterator[Message]:
    for field, declared in part.config.items():
        if current.get(field) != declared:
            found = current.get(field)
            yield Message(
                "{name}: {field} is {found}, declared {declared}",
                name=part.name,
                field=field,
                found=found,
                declared=declared,
            )
