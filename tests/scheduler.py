"""The tests that each worker of pytest-xdist runs."""

import re
from functools import cache

from tests.paths import ROOT
from xdist.scheduler import LoadScopeScheduling

_HEAVY = re.compile(r"^pytestmark = .*pytest\.mark\.(browser|e2e)\b", re.MULTILINE)


class Scheduler(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives all heavy tests of a kind to one worker, and each other test to the next worker that is free.

    The tests of a file that is marked as `browser` or `e2e` are heavy. A browser or a whole pipeline uses more than
    one core, so two of a kind at once might miss their deadlines.

    The groups of pytest-xdist would do the same, but version 3.8 does not find them with pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return the name of the group of a test. One worker runs a whole group."""
        return heavy_kind(nodeid.partition("::")[0]) or nodeid


@cache
def heavy_kind(path: str) -> str | None:
    """Return the mark of a heavy test file, or None if it is not heavy."""
    # The scheduler knows no marks, because only the workers collect the tests.
    found = _HEAVY.search((ROOT / path).read_text())
    return found[1] if found else None
