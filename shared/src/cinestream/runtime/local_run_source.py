"""Settings that a command takes from the local run in its directory, so that it needs no credentials of its own."""

from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from cinestream.runtime.local_run import find_run

LOGIN = ("nats_user", "nats_password")


class LocalRunSource(PydanticBaseSettingsSource):
    """The values of `run_values` of a settings class, for the local run that `find_run` finds.

    It has no values if an earlier source has a user or a password of NATS, or the address of another server. The
    command then talks to another server, or as another user.
    """

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return no value. `__call__` returns all of them at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the values by the names of their fields."""
        values_of = getattr(self.settings_cls, "run_values", None)
        if values_of is None or any(name in self.current_state for name in LOGIN):
            return {}
        run = find_run()
        return values_of(run) if run and self.current_state.get("nats_url", run.nats_url) == run.nats_url else {}
