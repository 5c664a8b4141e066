"""The account that is logged in."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cinestream_flow.message import Message
from cinestream_trakt_export.trakt.client import Trakt
from cinestream_trakt_export.trakt.endpoints import SETTINGS
from cinestream_trakt_export.trakt.errors import TraktError


@dataclass(frozen=True)
class Account:
    """An account: its name in Trakt's addresses, and the time zone of its owner."""

    slug: str
    zone: ZoneInfo


async def account(trakt: Trakt) -> Account:
    """Return the account that is logged in. Raise TraktError for settings that cannot be read."""
    content = (await trakt.get(SETTINGS)).content
    try:
        user, zone = content["user"], content["account"]["timezone"]
        return Account(str(user.get("ids", {}).get("slug") or user["username"]), zone_of(zone or "UTC"))
    except (KeyError, TypeError, AttributeError):
        raise TraktError(Message("Trakt's settings of this account are not readable")) from None


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name. Raise TraktError for an unknown name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        raise TraktError(Message("Trakt returned an unknown time zone for the account: {zone!r}", zone=name)) from None
