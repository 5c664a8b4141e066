"""The bundle for a bug report: results, versions, settings and the ends of the logs, without secrets."""

import io
import json
import platform
import tarfile
from collections import deque
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from cinestream.runtime.setting_names import SETTINGS
from cinestream_cli.doctor.masking import Mask, secrets_of, shown, values_of
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.atomic import replacing

LOG_LINES = 200
"""Lines of each log, the newest."""
_MAX_LINE = 2000
_TAIL_BYTES = 1 << 20


def write_report(path: Path, results: Mapping[str, Any], surroundings: Surroundings) -> list[str]:
    """Write the bundle, readable for this user only, and return the names of its files.

    Args:
        path: file to write, a tar archive with gzip.
        results: results of the checks as JSON.
        surroundings: surroundings that the checks looked at.

    Raises:
        OSError: the file cannot be written.
    """
    mask = Mask(secrets_of(surroundings))
    files = {"doctor.json": json.dumps(_masked(results, mask), indent=2)}
    files |= {name: mask(text) for name, text in _files(surroundings)}
    with replacing(path, mode=0o600) as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"cinestream-doctor/{name}")
            member.size = len(body := text.encode())
            archive.addfile(member, io.BytesIO(body))
    return list(files)


def _masked(value: Any, mask: Mask) -> Any:
    """Return JSON with masked texts. To mask JSON that is written already could break its syntax."""
    if isinstance(value, Mapping):
        return {key: _masked(inner, mask) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, mask) for inner in value]
    return mask(value) if isinstance(value, str) else value


def _files(surroundings: Surroundings) -> Iterator[tuple[str, str]]:
    yield "versions.txt", "".join(f"{line}\n" for line in _versions(surroundings))
    yield "settings.txt", "".join(f"{line}\n" for line in _settings(surroundings))
    for log in sorted((surroundings.data_dir / "logs").glob("*.log")):
        yield f"logs/{log.name}", _tail(log)


def _versions(surroundings: Surroundings) -> Iterator[str]:
    yield f"Python {platform.python_version()}"
    yield platform.platform()
    yield f"local run since {surroundings.run.started_at}" if surroundings.run else "no local run"
    yield from sorted(f"{distribution.name} {distribution.version}" for distribution in distributions())


def _settings(surroundings: Surroundings) -> Iterator[str]:
    """Yield the effective value of each setting that is set, and the names of the others."""
    # The environment overrides the file, so it comes last.
    effective = {name: shown(name, value) for name, value in reversed(list(values_of(surroundings)))}
    yield from (f"{name}={value}" for name, value in sorted(effective.items()))
    yield f"defaults: {', '.join(name for name in SETTINGS if name not in effective)}"


def _tail(log: Path) -> str:
    """Return the last lines of a log."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        lines = deque(file.read(_TAIL_BYTES).decode("utf-8", "replace").splitlines(), LOG_LINES)
    return "".join(f"{line[:_MAX_LINE]}\n" for line in lines)
