"""Every documented command has a check, and every check a documented command."""

from collections.abc import Mapping

import pytest
from tests.documented.commands import Command, documented
from tests.documented.compose_checks import COMPOSE
from tests.documented.elsewhere import ELSEWHERE
from tests.documented.pages_checks import LAST, LETTERS, PAGES
from tests.documented.stream_checks import OPERATOR, STREAM, TOKENS
from tests.documented.test_documented import MAKE
from tests.documented.trakt_checks import TRAKT

KNOWN: Mapping[str, object] = {
    **MAKE,
    **STREAM,
    **OPERATOR,
    **TOKENS,
    **LETTERS,
    **PAGES,
    **LAST,
    **TRAKT,
    **COMPOSE,
    **ELSEWHERE,
}
"""The check of each command, or the reason why it has none."""


@pytest.mark.parametrize("command", documented(), ids=lambda command: f"{command.document}: {command.text}")
def test_a_documented_command_has_a_check(command: Command) -> None:
    """A command that a document shows is run by a test, or the reason why not is given."""
    assert command.text in KNOWN


def test_a_check_has_a_documented_command() -> None:
    """No check is left over from a command that the documents show no longer."""
    assert sorted(KNOWN.keys() - {command.text for command in documented()}) == []
