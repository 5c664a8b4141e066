"""Whose library it is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cinestream_trakt_export.i18n.messages import say
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
        raise TraktError(say("account.unreadable")) from None


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name; raises TraktError for what is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        raise TraktError(say("account.zone", zone=name)) from None
