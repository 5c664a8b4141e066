"""`only_known`: a query parameter that nobody reads is a mistake, and told as one.

A misspelt filter that is passed over would give its owner every film, without a word.
"""

from difflib import get_close_matches

from fastapi import Request

from cinestream_stream_api.events.resume import BadQuery


def only_known(request: Request) -> None:
    """A dependency of routes: the query has only parameters that the route documents.

    Raises:
        BadQuery: it has another one; the reason names those that there are.
    """
    if not request.query_params:
        return
    operation = request.app.openapi()["paths"][request.scope["route"].path]["get"]
    known = [parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
    for name in request.query_params:
        if name not in known:
            raise BadQuery(name, _cure(name, known))


def _cure(name: str, known: list[str]) -> str:
    if close := get_close_matches(name, known, 1):
        return f"there is no such parameter; did you mean {close[0]}?"
    return f"there is no such parameter; there are {', '.join(known)}" if known else "there are no parameters here"
