"""The ASGI application: routes, errors, documentation."""

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse

from cinestream.bus.jetstream import Bus
from cinestream.runtime.ops import Health
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.http import asyncapi
from cinestream_stream_api.http.head import HeadAsGet
from cinestream_stream_api.http.openapi import describe
from cinestream_stream_api.http.parameters import only_known
from cinestream_stream_api.http.problems import add_problems
from cinestream_stream_api.http.routes.directors import directors_router
from cinestream_stream_api.http.routes.films import films_router
from cinestream_stream_api.http.routes.movies import movies_router
from cinestream_stream_api.http.routes.site import page_files, site_router
from cinestream_stream_api.http.routes.stream import STREAM, stream_router
from cinestream_stream_api.http.tokens import Tokens
from cinestream_stream_api.stream.hub import Hub


def make_app(bus: Bus, hub: Hub, scan: Scan, health: Health) -> FastAPI:
    """The application of a hub that has started."""
    app = FastAPIOffline(
        title="CineStream",
        version="1",
        summary="Films as a live stream that can be left and rejoined without missing one",
        redoc_url=None,
        # Such a redirect would name this server as it sees itself: behind a proxy that is another address.
        redirect_slashes=False,
        static_url="/docs/assets",
    )
    for router in (
        stream_router(hub),
        films_router(bus, scan),
        directors_router(bus, scan),
        movies_router(bus, hub),
    ):
        app.include_router(router, dependencies=[Depends(only_known)])
    app.include_router(site_router(health))
    described = asyncapi.document(app.title, app.version)

    @app.get("/asyncapi.json", include_in_schema=False)
    async def events_described() -> JSONResponse:
        return JSONResponse(described)

    app.mount("/page", page_files())
    add_problems(app)
    app.add_middleware(HeadAsGet, stream=STREAM)
    if hub.settings.tokens:
        app.add_middleware(Tokens, tokens=hub.settings.tokens)
    if origins := hub.settings.stream_cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            # A cookie's token counts for sites that are named, never for just any site.
            allow_credentials=bool(hub.settings.tokens) and "*" not in origins,
            allow_methods=["GET", "HEAD"],
            allow_headers=["Authorization", "Last-Event-ID", "If-None-Match"],
            expose_headers=["ETag", "Retry-After"],
        )
    describe(app)
    return app
