"""The ASGI application: routes, middleware, errors and documentation."""

from dataclasses import dataclass

from fastapi import Depends
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from cinestream.bus.jetstream import Bus
from cinestream.runtime.ops import Health
from cinestream_stream_api.catalogue.film_reader import FilmReader
from cinestream_stream_api.catalogue.notices import Notices
from cinestream_stream_api.catalogue.scan import Scan
from cinestream_stream_api.catalogue.shared_work import SharedWork
from cinestream_stream_api.http.access.tokens import TokenList, Tokens
from cinestream_stream_api.http.middleware.answer_headers import AnswerHeaders
from cinestream_stream_api.http.middleware.blank_parameters import BlankParameters
from cinestream_stream_api.http.middleware.head import HeadAsGet
from cinestream_stream_api.http.middleware.request_limits import RequestLimits
from cinestream_stream_api.http.openapi import describe
from cinestream_stream_api.http.parameters import check_parameters
from cinestream_stream_api.http.problems import add_problems
from cinestream_stream_api.http.routes.directors import directors_router
from cinestream_stream_api.http.routes.docs import ASSETS, docs_router
from cinestream_stream_api.http.routes.films import films_router
from cinestream_stream_api.http.routes.movies import movies_router
from cinestream_stream_api.http.routes.session import session_router
from cinestream_stream_api.http.routes.site import page_files, site_router
from cinestream_stream_api.http.routes.stats import stats_router
from cinestream_stream_api.http.routes.stream import STREAM, stream_router
from cinestream_stream_api.http.routes.timeline import timeline_router
from cinestream_stream_api.log.tail import Tail
from cinestream_stream_api.settings import StreamSettings
from cinestream_stream_api.stream.server import StreamServer

# The last two are sent by libraries of other projects with each request.
_ALLOWED_HEADERS = ("Authorization", "Last-Event-ID", "If-None-Match", "Cache-Control", "X-Requested-With")

_MAX_QUESTIONS = 16
"""Different counts that wait, one after the other. Each takes up to half a second at 30,000 films."""


@dataclass(frozen=True)
class AppParts:
    """The objects that the routes use."""

    bus: Bus
    settings: StreamSettings
    tail: Tail
    scan: Scan
    streams: StreamServer
    notices: Notices
    health: Health


def make_app(parts: AppParts) -> ASGIApp:
    """Return the application. The tail must have started."""
    settings = parts.settings
    app = FastAPIOffline(
        title="CineStream",
        version="1",
        summary="A live stream of films that clients resume without missing one",
        docs_url=None,
        redoc_url=None,
        # A redirect would name the address that the server itself sees, which is wrong behind a proxy.
        redirect_slashes=False,
        static_url=ASSETS,
    )
    work = SharedWork(_MAX_QUESTIONS)
    reader = FilmReader(parts.bus, parts.scan)
    tokens = TokenList(settings.tokens)
    for router in (
        stream_router(parts.streams, settings),
        films_router(parts.bus, parts.scan, reader, parts.notices),
        directors_router(parts.scan, reader),
        stats_router(parts.scan, work),
        timeline_router(parts.scan, work),
        movies_router(parts.tail, parts.scan, reader),
    ):
        app.include_router(router, dependencies=[Depends(check_parameters)])
    if tokens:
        app.include_router(session_router(tokens, settings))
    app.include_router(site_router(parts.health))
    app.include_router(docs_router(app.title, app.version))
    app.mount("/page", page_files())
    add_problems(app)
    app.add_middleware(BlankParameters)
    app.add_middleware(HeadAsGet, stream=STREAM)
    describe(app, has_tokens=bool(tokens))
    return _guarded(app, tokens, settings)


def _guarded(app: ASGIApp, tokens: TokenList, settings: StreamSettings) -> ASGIApp:
    """Return the application behind the middleware that must also see its internal errors."""
    if tokens:
        app = Tokens(app, tokens, settings.stream_trusted_proxies)
    app = RequestLimits(app)
    if origins := settings.stream_cors_origins:
        # Cookies are accepted only from sites that are listed by name. With `*`, any site that a user visits could read
        # the films with the user's cookie.
        signs_in = bool(tokens) and "*" not in origins
        app = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_credentials=signs_in,
            allow_methods=["GET", "HEAD", *(("POST", "DELETE") if signs_in else ())],
            allow_headers=[*_ALLOWED_HEADERS, *(("Content-Type",) if signs_in else ())],
            expose_headers=["ETag", "Retry-After"],
        )
    return AnswerHeaders(app, private=bool(tokens))
