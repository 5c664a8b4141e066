"""Violations of the permissions of the NATS user of a connection.

The server reports a violation by an error message that names the subject, and never answers the request. So the error
message ends the request, instead of its timeout.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

from cinestream.bus.permissions import PERMISSIONS
from cinestream.contracts import Transient
from cinestream_flow.logger import get_logger
from cinestream_flow.message import Message

log = get_logger("bus")

# nats-py passes the error on in lower case.
_VIOLATION = re.compile(r'permissions violation for (publish|subscription)[^"]* "([^"]*)"', re.IGNORECASE)
_WRONG_LOGIN = ("authorization violation", "authorization failed")


class PermissionDenied(Transient):
    """The NATS user may not do what the command needs.

    A service tries again later, because a permission can be granted while it runs.
    """


class Violations:
    """The violations that the server reports on one connection.

    Args:
        user: NATS user of the connection.
        inbox: Prefix of the subjects on which the user receives answers.
    """

    def __init__(self, user: str, inbox: str) -> None:
        self._user, self._inbox = user, inbox
        self._pending: dict[str, set[asyncio.Timeout]] = {}
        self._spelling: dict[str, str] = {}
        self._may_receive = True
        self._logged = set[str]()

    def name(self, subject: str) -> None:
        """Remember how a subject is spelled that this connection uses without waiting for an answer."""
        self._spelling[subject.lower()] = subject

    @contextlib.asynccontextmanager
    async def required(self, subject: str) -> AsyncIterator[None]:
        """Wait for an answer inside of the block to a message on a subject.

        Raises:
            PermissionDenied: The user may not publish on the subject, or may not receive answers.
        """
        pending = asyncio.timeout(None)
        same = self._pending.setdefault(subject.lower(), set())
        same.add(pending)
        try:
            async with pending:
                if not self._may_receive:
                    pending.reschedule(0)
                yield
        except TimeoutError:
            if pending.expired():
                raise self._denied(subject) from None
            raise
        finally:
            same.discard(pending)
            if not same and self._pending.get(subject.lower()) is same:
                del self._pending[subject.lower()]

    def report(self, error: Exception) -> bool:
        """End the requests that an error message of the server concerns. Return False if it is about something else."""
        violation = _VIOLATION.search(str(error))
        if violation is None:
            return False
        action, subject = violation[1].lower(), violation[2].lower()
        if action == "subscription" and subject.startswith(self._inbox.lower()):
            self._may_receive = False
            refused, self._pending = [each for same in self._pending.values() for each in same], {}
        else:
            refused = list(self._pending.pop(subject, ())) if action == "publish" else []
        for pending in refused:
            pending.reschedule(0)
        if not refused and subject not in self._logged:
            self._logged.add(subject)
            named = self._spelling.get(subject, violation[2])
            cure = "add the subject to the permissions of the user in nats.conf"
            log.error("bus.permission_denied", user=self._user, action=action, subject=named, cure=cure)
        return True

    def reset(self) -> None:
        """Forget all violations. A new connection may have other permissions."""
        self._may_receive = True
        self._logged.clear()

    def _denied(self, subject: str) -> PermissionDenied:
        if self._may_receive:
            return _may_not_publish(self._user, subject)
        return PermissionDenied(
            Message(
                "the NATS user {user} may not subscribe to {subject}, where it gets answers: add the subject to its "
                "permissions in nats.conf",
                user=self._user,
                subject=self._inbox + ".>",
            )
        )


def _may_not_publish(user: str, subject: str) -> PermissionDenied:
    users = [other for other, permissions in PERMISSIONS.items() if permissions.may_publish(subject)]
    if not users or user in users:
        return PermissionDenied(
            Message(
                "the NATS user {user} may not publish to {subject}: add the subject to its permissions in nats.conf, "
                "and reload the server",
                user=user,
                subject=subject,
            )
        )
    return PermissionDenied(
        Message(
            "the NATS user {user} may not publish to {subject}: set CINESTREAM_NATS_USER to a user that may "
            "({users}), and CINESTREAM_NATS_PASSWORD to its password",
            user=user,
            subject=subject,
            users=", ".join(users),
        )
    )


def is_wrong_login(error: Exception) -> bool:
    """Return True if the server refuses a user and its password."""
    return any(text in str(error).lower() for text in _WRONG_LOGIN)


def wrong_login(url: str, user: str) -> PermissionDenied:
    """Return the error about a user and a password that a server refuses."""
    if not user:
        return PermissionDenied(
            Message(
                "NATS at {url} needs a login: set CINESTREAM_NATS_USER and CINESTREAM_NATS_PASSWORD, or set only "
                "CINESTREAM_DATA_DIR to the data directory of make run",
                url=url,
            )
        )
    return PermissionDenied(
        Message(
            "NATS at {url} refuses the login of {user}: set CINESTREAM_NATS_USER and CINESTREAM_NATS_PASSWORD to those "
            "of the server",
            url=url,
            user=user,
        )
    )
