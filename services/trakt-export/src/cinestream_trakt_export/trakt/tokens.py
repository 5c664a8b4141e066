"""The stored login: a file that only its owner can read, or an entry of the system's keyring."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_serializer

from cinestream_flow import atomic
from cinestream_flow.message import Message
from cinestream_trakt_export.settings import Login
from cinestream_trakt_export.trakt.errors import NeedsLogin

_SERVICE, _LOGIN = "cinestream-trakt", "login"
# A token is renewed before it ends, because the clocks of Trakt and of this machine may differ.
_RENEWAL_SECONDS = 60
_NOBODY = Message("nobody is logged in: run 'cinestream-trakt login'")


class Token(BaseModel):
    """The tokens of a login, as Trakt sends them.

    `expires_in` counts seconds from `created_at` (Unix time). `login` is our own name of the login. It stays the same
    when the tokens are renewed.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: SecretStr
    refresh_token: SecretStr
    expires_in: int
    created_at: int
    login: str = ""

    @field_serializer("access_token", "refresh_token", when_used="json")
    def _revealed(self, secret: SecretStr) -> str:
        # Only the stored login is JSON. Everything else shows a token masked.
        return secret.get_secret_value()

    def expired(self, now: float) -> bool:
        """Return whether the token must be renewed before it is used."""
        return now >= self.created_at + self.expires_in - _RENEWAL_SECONDS


class TokenFile:
    """A login in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cached: tuple[tuple[int, int, int], Token] | None = None

    def load(self) -> Token:
        """Return the login. Raise NeedsLogin if there is none or it cannot be read.

        Every request calls this, so the file is read again only after it has changed.
        """
        try:
            status = self.path.stat()
            version = status.st_ino, status.st_mtime_ns, status.st_size
            if self._cached is None or self._cached[0] != version:
                self._cached = version, Token.model_validate_json(self.path.read_bytes())
            return self._cached[1]
        except FileNotFoundError:
            raise NeedsLogin(_NOBODY) from None
        except (OSError, ValidationError):
            raise NeedsLogin(Message("{path} cannot be read: run 'cinestream-trakt login'", path=self.path)) from None

    def save(self, token: Token) -> None:
        """Replace the login. It is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic.write(self.path, token.model_dump_json().encode(), mode=0o600)

    def remove(self) -> bool:
        """Delete the login. Return whether there was one."""
        existed = self.path.exists()
        self.path.unlink(missing_ok=True)
        return existed

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock that every process takes before it renews the login. Wait for it, blocking the thread."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class TokenKeyring(TokenFile):
    """A login in the system's keyring (Secret Service, Keychain, …).

    Args:
        path: the file whose lock is used. It never holds the login.

    Raises:
        ModuleNotFoundError: `keyring` is not installed. The extra of that name installs it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        import keyring
        import keyring.errors

        self._keyring, self._errors = keyring, (keyring.errors.KeyringError,)

    def load(self) -> Token:
        """Return the login. Raise NeedsLogin if there is none or the keyring cannot be used."""
        try:
            stored = self._keyring.get_password(_SERVICE, _LOGIN)
            if stored is None:
                raise NeedsLogin(_NOBODY)
            return Token.model_validate_json(stored)
        except (*self._errors, ValidationError) as error:
            raise _keyring_error(error) from None

    def save(self, token: Token) -> None:
        """Replace the login. Raise NeedsLogin if the keyring cannot be used."""
        try:
            self._keyring.set_password(_SERVICE, _LOGIN, token.model_dump_json())
        except self._errors as error:
            raise _keyring_error(error) from None

    def remove(self) -> bool:
        """Delete the login. Return whether there was one."""
        try:
            self._keyring.delete_password(_SERVICE, _LOGIN)
        except self._errors:
            return False
        return True


def _keyring_error(error: Exception) -> NeedsLogin:
    # The text of the error may hold the secret, so only its type is shown.
    return NeedsLogin(
        Message(
            "the keyring cannot be used ({error}): unlock it, or set login.keyring to false",
            error=type(error).__name__,
        )
    )


def token_store(settings: Login) -> TokenFile:
    """Return the place of the login that is set."""
    return TokenKeyring(settings.token_file) if settings.keyring else TokenFile(settings.token_file)
