"""The documentation of the API at `/docs`, its assets, and the document of the events."""

from base64 import b64encode
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import JSONResponse, Response

from cinestream_stream_api.http import asyncapi
from cinestream_stream_api.http.routes.stream import STREAM

ASSETS = "/docs/assets"
"""The address of the files of Swagger UI, which come with `fastapi-offline`."""


def docs_router(title: str, version: str) -> APIRouter:
    """Return the routes of the documentation."""
    router = APIRouter(include_in_schema=False)
    page = bytes(
        get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=title,
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url="/favicon.ico",
        ).body
    )
    headers = {"Content-Security-Policy": policy_of(page), "Cache-Control": "no-cache"}

    @router.get("/docs")
    async def docs() -> Response:
        return Response(page, headers=headers, media_type="text/html")

    @router.get("/asyncapi.json")
    async def get_asyncapi_document(request: Request) -> Response:
        parameters = request.app.openapi()["paths"][STREAM]["get"]["parameters"]
        return JSONResponse(asyncapi.document(title, version, parameters))

    return router


def policy_of(page: bytes) -> str:
    """Return the content security policy of a page of Swagger UI.

    Its inline script is allowed by its hash, so any other one is refused.
    """
    scripts = [rest.partition(b"</script>")[0] for rest in page.split(b"<script>")[1:]]
    hashes = " ".join(f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
