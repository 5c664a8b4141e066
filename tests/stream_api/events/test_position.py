"""The ids of events: each id is parsed back, and no other text is accepted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.events.position import Position, epoch_of, parse_position

EPOCHS = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=13)


@given(EPOCHS, st.integers(0, 10**18))
def test_an_id_is_parsed_back(epoch: str, sequence: int) -> None:
    """Parsing the id of any position gives the same position."""
    assert parse_position(str(Position(epoch, sequence))) == (epoch, sequence)


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Parsing never raises, and it accepts only the canonical form."""
    position = parse_position(text)
    assert position is None or str(position) == text


@pytest.mark.parametrize(
    "text", ["", "42", "mwpz3sdn", "mwpz3sdn-", "-1", "mwpz3sdn-042", "MWPZ-1", "a-1\n", "a-٣", "a-1-2"]
)
def test_a_malformed_id_is_refused(text: str) -> None:
    """Texts that are nearly ids are refused."""
    assert parse_position(text) is None


def test_the_epoch_is_the_creation_time_in_base_36() -> None:
    """The epoch decodes to milliseconds, and a later stream has another epoch."""
    created = datetime(2026, 11, 21, 8, 0, 0, 123_000, tzinfo=UTC)
    assert int(epoch_of(created), 36) == int(created.timestamp() * 1000)
    assert epoch_of(created) != epoch_of(created + timedelta(milliseconds=1))
