"""The ops endpoints of every service: /livez, /readyz and /metrics.

`/livez` answers as long as the event loop runs. `/readyz` answers 503 while the service starts or stops, and while the
bus or the topology is missing. With any other problem it answers 200 and lists the reasons in `degraded`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from cinestream.runtime.http import Limits

OPS_LIMITS = Limits(connections=24, spare=8)
"""The limits of the ops endpoints. Their few connections leave the file descriptors to the service."""


@dataclass
class Health:
    """The health of a service.

    Args:
        state: `ready`, or the step of the lifecycle that the service is in.
        bus_connected: Returns True while the connection to the bus is up.
        degraded: Functions that yield the reasons for a degraded service. They are called at each request.
    """

    state: str = "starting"
    bus_connected: Callable[[], bool] = lambda: False
    degraded: list[Callable[[], Iterable[str]]] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """True while the service can do its work."""
        return self.state == "ready" and self.bus_connected()

    def livez(self) -> JSONResponse:
        """Return the response of /livez. It does not check dependencies, because a restart would not repair them."""
        return JSONResponse({"status": "alive"})

    def readyz(self) -> JSONResponse:
        """Return the response of /readyz."""
        if not self.ready:
            reason = self.state if self.state != "ready" else "the bus is disconnected"
            return JSONResponse({"status": "unready", "reason": reason}, status_code=503)
        reasons = [reason for check in self.degraded for reason in check()]
        return JSONResponse({"status": "ready", "degraded": reasons})


def ops_app(health: Health, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the ASGI application of the ops endpoints. Further `routes` take precedence over them."""

    async def livez(_: Request) -> Response:
        return health.livez()

    async def readyz(_: Request) -> Response:
        return health.readyz()

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[*routes, Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)],
    )
