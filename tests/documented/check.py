"""The kinds of checks: what a documented command must print or change."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping

from tests.documented.pipeline import Pipeline

log = logging.getLogger(__name__)

Check = Callable[[Pipeline, str], None]
Checks = Mapping[str, Check]
"""The check of each command, in the order in which they run."""


def prints(*expected: str, code: int = 0, values: Mapping[str, str] | None = None, **environment: str) -> Check:
    """Return a check that runs the command and finds texts in its output.

    Args:
        expected: texts.
        code: the exit code.
        values: by a part of the command that is an example, the key in `Pipeline.values` of the real value.
        environment: variables for the command, with values of `Pipeline.values` by their keys where there are some.
    """

    def check(pipeline: Pipeline, text: str) -> None:
        found = pipeline.run(text, code=code, values=real(pipeline, values or {}), **real(pipeline, environment))
        missing = [each for each in expected if each not in found]
        assert not missing, f"{text}\nprints no {missing}:\n{found}"

    return check


def follows(*expected: str, **environment: str) -> Check:
    """Return a check that runs the command until it has printed the expected texts, and then ends it."""
    return lambda pipeline, text: pipeline.follow(text, *expected, **real(pipeline, environment))


def real(pipeline: Pipeline, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values, each replaced by that of `Pipeline.values` if it is a key there."""
    return {name: pipeline.values.get(value, value) for name, value in values.items()}


def failures(checks: Checks, pipeline: Pipeline, known: set[str]) -> Iterator[str]:
    """Run the checks of the commands that are documented, and yield what is wrong."""
    for text, check in checks.items():
        if text not in known:
            continue
        started = time.monotonic()
        try:
            check(pipeline, text)
        except Exception as error:
            yield f"{text}: {error}"
        log.info("%4.1f s: %s", time.monotonic() - started, text)
