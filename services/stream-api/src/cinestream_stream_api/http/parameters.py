"""The check for unknown query parameters.

A misspelt filter that is ignored would give the client every film, without any sign of the mistake.
"""

from difflib import get_close_matches

from fastapi import Request

from cinestream_stream_api.events.resume import BadQuery


def only_known(request: Request) -> None:
    """Refuse query parameters that the route does not document. Use it as a dependency of routes.

    Raises:
        BadQuery: there is an unknown parameter. The reason names the known ones.
    """
    if not request.query_params:
        return
    operation = request.app.openapi()["paths"][request.scope["route"].path]["get"]
    known = [parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
    for name in request.query_params:
        if name not in known:
            raise BadQuery(name, _suggestion(name, known))


def _suggestion(name: str, known: list[str]) -> str:
    if close := get_close_matches(name, known, 1):
        return f"unknown parameter. Did you mean {close[0]}?"
    return f"unknown parameter. Accepted: {', '.join(known) or 'none'}"
