"""The check of the permissions: each NATS user may do what its service needs.

The server itself tells a user's permissions, so nothing is published on any other subject.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cinestream.bus.jetstream import PermissionDenied
from cinestream.bus.permissions import PERMISSIONS, USER_INFO, Permissions, covers
from cinestream.contracts import Transient
from cinestream_cli.doctor.listeners import listener
from cinestream_cli.doctor.nats_access import bus_of, with_nats
from cinestream_cli.doctor.result import Result, failed, joined, ok
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message, message_of

Json = Mapping[str, Any]
_MAX_NAMED = 3
"""Faults that are named. The others are counted."""


def permissions(surroundings: Surroundings) -> Result:
    """Check the login and the permissions of each user whose password is known."""
    faults: dict[str, list[str]] = {}
    refused: list[str] = []

    async def look(user: str) -> None:
        try:
            faults[user] = await _missing(surroundings, user)
        except Transient as error:
            refused.append(Message("{user}: {error}", user=user, error=error))

    async def look_at_all(_: object) -> None:
        await asyncio.gather(*map(look, surroundings.passwords))

    with_nats(surroundings, look_at_all)
    if refused:
        cure = Message("set the passwords that the server has, or start the local run again")
        return failed(joined(sorted(refused)), cure, surroundings.start_command)
    missing = [fault for user in surroundings.passwords for fault in faults[user]]
    if missing:
        if len(missing) > _MAX_NAMED:
            missing[_MAX_NAMED:] = [Message("{count} more", count=len(missing) - _MAX_NAMED)]
        cure = Message("grant it in the server's nats.conf and reload it. The local run has it after a restart")
        return failed(joined(missing), cure, _reload(surroundings))
    users = ", ".join(user for user in surroundings.passwords if user) or "a server without users"
    return ok(Message("each user may do what its service needs: {users}", users=users))


async def _missing(surroundings: Surroundings, user: str) -> list[str]:
    """Return a message about each permission that a user needs and lacks.

    Raises:
        Transient: the server refuses the user, or does not answer.
    """
    async with bus_of(surroundings, user) as bus:
        needed = PERMISSIONS.get(user)
        if needed is None:
            return []
        try:
            answer = json.loads(await bus.request(USER_INFO, b""))
        except PermissionDenied as error:
            return [message_of(error)]
        return list(_compare(user, needed, answer["data"].get("permissions")))


def _compare(user: str, needed: Permissions, granted: Json | None) -> Iterator[str]:
    if granted is None:  # a user without restrictions
        return
    for subject in needed.publish:
        if not _may(granted.get("publish"), subject):
            yield Message("{user} may not publish on {subject}", user=user, subject=subject)
    for subject in needed.subscribe:
        if not _may(granted.get("subscribe"), subject):
            yield Message("{user} may not subscribe to {subject}", user=user, subject=subject)
    if needed.responds and not granted.get("responses") and granted.get("publish"):
        yield Message("{user} may not answer requests (allow_responses)", user=user)


def _may(rules: Json | None, subject: str) -> bool:
    """Return True if the rules allow a whole pattern and deny no part of it."""
    if rules is None:
        return True
    denied = any(covers(rule, subject) or covers(subject, rule) for rule in rules.get("deny") or ())
    allowed = rules.get("allow")
    return not denied and (not allowed or any(covers(rule, subject) for rule in allowed))


def _reload(surroundings: Surroundings) -> str:
    owner = listener(surroundings.nats_port)
    return f"nats-server --signal reload={owner.pid}" if owner else "nats-server --signal reload"
