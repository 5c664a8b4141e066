"""Texts that keep their template and values."""

import pytest

from cinestream_flow.message import Message, Plural, message_of


def test_a_message_is_its_english_text() -> None:
    """The text reads as any other text, and the parts are kept."""
    message = Message("{name} has more than {limit:,} bytes", name="a.json", limit=1000)
    assert message == "a.json has more than 1,000 bytes"
    assert str(ValueError(message)) == message
    assert message.template == "{name} has more than {limit:,} bytes"
    assert message.values == {"name": "a.json", "limit": 1000}


@pytest.mark.parametrize(("count", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_a_plural_depends_on_its_count(count: int, text: str) -> None:
    """Only a count of 1 has the singular in English."""
    assert Plural("{count} row", "{count} rows", count=count) == text


def test_an_exception_carries_its_message() -> None:
    """Every other text becomes a message that has no translation."""
    message = Message("no")
    assert message_of(ValueError(message)) is message
    assert message_of(message) is message
    assert message_of(ValueError("{no}")) == message_of("{no}") == "{no}"
    assert message_of(ValueError()) == ""


def test_a_stored_message_is_the_same_message() -> None:
    """Messages inside of it are kept as messages, other values as numbers or texts."""
    inner = Plural("{count} row", "{count} rows", count=2)
    message = Message("{path}: {why} ({error}, {size:,})", path=ValueError("x"), why=ValueError(inner), error=1, size=9)
    restored = Message.loads(message.dumps())
    assert (restored, restored.template) == (message, message.template)
    assert restored.values["why"].plural == "{count} rows"
    assert restored.values["size"] == 9


@pytest.mark.parametrize("text", ["", "text", "[]", '["a", "", 1]', '["{a}", "", {}]'])
def test_any_other_text_is_no_stored_message(text: str) -> None:
    """A damaged file is reported as such."""
    with pytest.raises(ValueError, match="not a stored message"):
        Message.loads(text)
