"""The check of IMDb's data sets: films from them may be served to this machine only.

IMDb permits personal, non-commercial use of its data sets (https://developer.imdb.com/non-commercial-datasets/).
"""

from cinestream.bus.jetstream import Bus
from cinestream.bus.topology import DIRECTOR_STATS
from cinestream.contracts import Invalid
from cinestream.contracts.director import has_data_set_films
from cinestream_cli.doctor.listeners import is_exposed
from cinestream_cli.doctor.nats_access import NatsAccess, undeclared, with_nats
from cinestream_cli.doctor.result import Result, ok, warning
from cinestream_cli.doctor.surroundings import LOOPBACK, Surroundings
from cinestream_flow.message import Message

_WINDOWS, _WINDOW_RECORDS = 8, 256
"""Records are read in windows all over the stream: a loaded data set has far more directors than the pages."""


def data_sets(surroundings: Surroundings) -> Result:
    """Warn if directors were loaded from IMDb's data sets and the stream is open to other machines."""
    if not with_nats(surroundings, _has_data_sets):
        return ok(Message("no directors from IMDb's data sets"))
    exposed_by = _exposed_by(surroundings)
    if not exposed_by:
        return ok(Message("directors from IMDb's data sets are served to this machine only"))
    found = Message("directors from IMDb's data sets are served to other machines ({reason})", reason=exposed_by)
    cure = Message("serve them to this machine only, or ask IMDb: https://developer.imdb.com/non-commercial-datasets/")
    return warning(found, cure, "export CINESTREAM_STREAM_HOST=127.0.0.1; unset CINESTREAM_STREAM_TRUSTED_PROXIES")


def _exposed_by(surroundings: Surroundings) -> str:
    """Return the setting or the port that opens the stream to other machines, or an empty text."""
    host, proxies = surroundings.setting("stream_host", "127.0.0.1"), surroundings.setting("stream_trusted_proxies")
    if host not in LOOPBACK:
        return f"CINESTREAM_STREAM_HOST={host}"
    if proxies:
        return f"CINESTREAM_STREAM_TRUSTED_PROXIES={proxies}"
    port = surroundings.stream_port
    return f"port {port} of all addresses" if is_exposed(port) else ""


async def _has_data_sets(nats: NatsAccess) -> bool:
    try:
        state = (await nats.api(f"STREAM.INFO.{DIRECTOR_STATS}"))["state"]
    except KeyError as error:
        raise undeclared(error) from error
    first, last = int(state["first_seq"]), int(state["last_seq"])
    bus = await nats.bus_for(f"$JS.API.DIRECT.GET.{DIRECTOR_STATS}")
    step = max(_WINDOW_RECORDS, (last - first) // _WINDOWS)
    for start in range(first, last + 1, step):
        if await _window_has_data_sets(bus, start):
            return True
    return False


async def _window_has_data_sets(bus: Bus, start: int) -> bool:
    for stored in await bus.read(DIRECTOR_STATS, start=start, limit=_WINDOW_RECORDS):
        try:
            if has_data_set_films(stored.envelope):
                return True
        except Invalid:
            continue  # a newer version wrote it
    return False
