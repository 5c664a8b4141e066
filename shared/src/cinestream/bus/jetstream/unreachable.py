"""Reasons why NATS cannot be reached, each with its cure."""

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import nats.errors

from cinestream.bus.jetstream.fast_path import NoTls
from cinestream.bus.jetstream.violations import is_wrong_login, wrong_login
from cinestream.contracts.text import masked
from cinestream_flow.message import Message, message_of

_OTHER_NAME = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""


@dataclass(frozen=True)
class Unreachable:
    """A reason why NATS cannot be reached.

    Attributes:
        message: Text for the user, with the cure.
        is_final: True if waiting does not help, so that a command ends at once. A service waits all the same, because
            the server, its users and its certificate may be corrected meanwhile.
    """

    message: Message
    is_final: bool = True

    @classmethod
    def of(cls, error: Exception | None, url: str, user: str) -> "Unreachable":
        """Return the reason for an error of a connection attempt. None means that there was no answer at all."""
        address = masked(url)
        if isinstance(error, ConnectionRefusedError) and _is_loopback(url):
            return cls(
                Message(
                    "no NATS at {url}: start it with make run or cinestream run, or set CINESTREAM_NATS_URL",
                    url=address,
                )
            )
        if isinstance(error, ConnectionRefusedError):
            return cls(
                Message("no NATS at {url}: start it there, or set CINESTREAM_NATS_URL", url=address), is_final=False
            )
        if isinstance(error, socket.gaierror):
            host = urlsplit(url).hostname
            return cls(Message("{url}: there is no host {host}. Set CINESTREAM_NATS_URL", url=address, host=host))
        if error and is_wrong_login(error):
            return cls(message_of(wrong_login(address, user)))
        return _tls(error, address) or _protocol(error, address)


def _tls(error: Exception | None, address: str) -> Unreachable | None:
    if isinstance(error, NoTls):
        return Unreachable(Message("NATS at {url} does not use TLS: set CINESTREAM_NATS_URL to nats://…", url=address))
    if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _OTHER_NAME:
        return Unreachable(
            Message(
                "the certificate of NATS at {url} is for another name ({error}): set CINESTREAM_NATS_URL to that name",
                url=address,
                error=error.verify_message,
            )
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(
            Message(
                "the certificate of NATS at {url} is not valid ({error}): set SSL_CERT_FILE to that of its authority",
                url=address,
                error=error.verify_message,
            )
        )
    if isinstance(error, ssl.SSLError):
        return Unreachable(
            Message("NATS at {url}: TLS failed ({error}). Check its certificate", url=address, error=error.reason)
        )
    return None


def _protocol(error: Exception | None, address: str) -> Unreachable:
    if "invalid" in str(error) and isinstance(error, nats.errors.Error):
        return Unreachable(
            Message("{url} is not an address: set CINESTREAM_NATS_URL like nats://127.0.0.1:4222", url=address)
        )
    if isinstance(error, nats.errors.Error) and "INFO" in str(error):
        return Unreachable(
            Message("{url} is not the address of a NATS server: set CINESTREAM_NATS_URL", url=address), is_final=False
        )
    if text := error.strerror if isinstance(error, OSError) else str(error or ""):
        return Unreachable(
            Message("NATS at {url} cannot be reached ({error}): check CINESTREAM_NATS_URL", url=address, error=text),
            is_final=False,
        )
    return Unreachable(
        Message("no answer from NATS at {url}: check that it runs there, or set CINESTREAM_NATS_URL", url=address),
        is_final=False,
    )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
