"""The login as it is kept: one file, readable by its owner alone, replaced as a whole."""

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
_EARLY = 60  # seconds before its end a token is renewed, for clocks that differ


class Token(BaseModel):
    """What Trakt gives for a login. `expires_in` is seconds from `created_at` on (Unix time).

    `login` is ours: it names the login, and stays when the rest is renewed.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: SecretStr
    refresh_token: SecretStr
    expires_in: int
    created_at: int
    login: str = ""

    @field_serializer("access_token", "refresh_token", when_used="json")
    def _revealed(self, secret: SecretStr) -> str:
        """The file holds the secrets; nothing else writes a token as JSON."""
        return secret.get_secret_value()

    def expired(self, now: float) -> bool:
        """Whether it must be renewed before it is used."""
        return now >= self.created_at + self.expires_in - _EARLY


class TokenFile:
    """Where a login is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[tuple[int, int, int], Token] | None = None

    def load(self) -> Token:
        """The login; raises NeedsLogin when there is none that can be read. Only a file that has changed is read."""
        try:
            facts = self.path.stat()
            version = facts.st_ino, facts.st_mtime_ns, facts.st_size
            if self._seen is None or self._seen[0] != version:
                self._seen = version, Token.model_validate_json(self.path.read_bytes())
            return self._seen[1]
        except FileNotFoundError:
            raise NeedsLogin(Message("nobody is logged in: run 'cinestream-trakt login'")) from None
        except (OSError, ValidationError):
            raise NeedsLogin(Message("{path} cannot be read: run 'cinestream-trakt login'", path=self.path)) from None

    def save(self, token: Token) -> None:
        """Keep a login instead of the one before, on disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic.write(self.path, token.model_dump_json().encode(), mode=0o600)

    def remove(self) -> bool:
        """Forget the login; whether there was one."""
        existed = self.path.exists()
        self.path.unlink(missing_ok=True)
        return existed

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold off other processes that would renew the same login; waits for them (blocking)."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class TokenKeyring(TokenFile):
    """A login in the system's keyring (Secret Service, Keychain, …) instead; `path` is only where its lock is.

    Needs `keyring`, which the extra of that name brings; raises ModuleNotFoundError without it, NeedsLogin when the
    keyring cannot be used.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        import keyring
        import keyring.errors

        self._keyring, self._failures = keyring, (keyring.errors.KeyringError,)

    def load(self) -> Token:
        """The login; raises NeedsLogin when there is none that can be read."""
        try:
            found = self._keyring.get_password(_SERVICE, _LOGIN)
            if found is None:
                raise NeedsLogin(Message("nobody is logged in: run 'cinestream-trakt login'"))
            return Token.model_validate_json(found)
        except (*self._failures, ValidationError) as error:
            raise NeedsLogin(
                Message(
                    "the keyring cannot be used ({error}): unlock it, or set login.keyring to false",
                    error=type(error).__name__,
                )
            ) from None

    def save(self, token: Token) -> None:
        """Keep a login instead of the one before."""
        try:
            self._keyring.set_password(_SERVICE, _LOGIN, token.model_dump_json())
        except self._failures as error:
            raise NeedsLogin(
                Message(
                    "the keyring cannot be used ({error}): unlock it, or set login.keyring to false",
                    error=type(error).__name__,
                )
            ) from None

    def remove(self) -> bool:
        """Forget the login; whether there was one."""
        try:
            self._keyring.delete_password(_SERVICE, _LOGIN)
        except self._failures:
            return False
        return True


def token_store(settings: Login) -> TokenFile:
    """Where the login is kept, as set."""
    return TokenKeyring(settings.token_file) if settings.keyring else TokenFile(settings.token_file)
