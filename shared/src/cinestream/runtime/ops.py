"""The ops endpoints of every service: /livez, /readyz, /metrics.

`/livez` fails only when the process must be restarted. `/readyz` is 503 only without bus or topology, or when
the service has not started or is ending; anything else that is wrong is a 200 with `degraded: [reasons]`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route


@dataclass
class Health:
    """What a service says of itself. `degraded` are functions that yield reasons, asked at each request."""

    state: str = "starting"
    bus_connected: Callable[[], bool] = lambda: False
    degraded: list[Callable[[], Iterable[str]]] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether the service can do its work."""
        return self.state == "ready" and self.bus_connected()

    def livez(self) -> JSONResponse:
        """The answer of /livez: the event loop runs, which is all that a restart could mend."""
        return JSONResponse({"status": "alive"})

    def readyz(self) -> JSONResponse:
        """The answer of /readyz."""
        if not self.ready:
            reason = self.state if self.state != "ready" else "the bus is disconnected"
            return JSONResponse({"status": "unready", "reason": reason}, status_code=503)
        reasons = [reason for check in self.degraded for reason in check()]
        return JSONResponse({"status": "ready", "degraded": reasons})


def ops_app(health: Health, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The ASGI application of the ops endpoints, and of more `routes`, which go first."""

    async def livez(_: Request) -> Response:
        return health.livez()

    async def readyz(_: Request) -> Response:
        return health.readyz()

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[*routes, Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)],
    )
