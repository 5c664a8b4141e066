"""Whose library it is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cinestream_flow.message import Message
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.endpoints import SETTINGS
from cinestream_trakt_export.trakt.errors import TraktError


@dataclass(frozen=True)
class Account:
    """Whose library it is, and where its owner lives."""

    slug: str
    zone: ZoneInfo


async def account(trakt: Trakt) -> Account:
    """The account that is logged in."""
    content = (await trakt.get(SETTINGS)).content
    try:
        user, zone = content["user"], content["account"]["timezone"]
        return Account(str(user.get("ids", {}).get("slug") or user["username"]), zone_of(zone or "UTC"))
    except (KeyError, TypeError, AttributeError):
        raise TraktError(Message("Trakt's settings of this account are not readable")) from None


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name; raises TraktError for what is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        raise TraktError(Message("Trakt says the account's time zone is {zone!r}, which is none", zone=name)) from None
