"""The command `cinestream-trakt` under measurement: logged in, and without its rate limit."""

import json
import os
import sys
import time
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("cinestream-trakt"))


def write_token(folder: Path) -> Path:
    """Write a token file that is valid for a day, and return its path."""
    token = {"access_token": "a", "refresh_token": "r", "expires_in": 86400, "created_at": int(time.time())}
    path = folder / "token"
    path.write_text(json.dumps(token))
    return path


def environment(url: str, folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment for the command. `settings` are variables without the prefix `CINESTREAM_TRAKT_`."""
    variables = {
        "API__URL": url,
        "API__CLIENT_ID": "key",
        "API__PERFORMANCE__RATE_LIMIT_PER_SEC": "1000",
        "CACHE__DIR": str(folder / "cache"),
        "CHECKPOINTS__DIR": str(folder / "checkpoints"),
        "LOGIN__TOKEN_FILE": str(write_token(folder)),
        **settings,
    }
    return os.environ | {f"CINESTREAM_TRAKT_{name}": value for name, value in variables.items()}
