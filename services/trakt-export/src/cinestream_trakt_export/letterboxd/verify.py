"""A verifier of import files. It has a CSV reader of its own, and shares no code with the writer."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cinestream_flow.message import Message, message_of
from cinestream_trakt_export.letterboxd.verify_rules import Rules, rules_of

_MAX_BYTES = 1_000_000


def read_records(text: str) -> Iterator[list[str]]:
    """Yield the records of Letterboxd's CSV.

    Raises:
        ValueError: a record is malformed. The text names its line.
    """
    record, value, number, position = list[str](), "", 1, 0
    quoted = closed = False
    while position < len(text):
        char = text[position]
        position += 1
        number += char == "\n"
        if quoted:
            if char == "\\" and text[position : position + 1] == '"':
                value, position = value + '"', position + 1
            elif char == '"':
                quoted, closed = False, True
            else:
                value += char
        elif char in ",\n":
            record.append(value)
            value, closed = "", False
            if char == "\n":
                yield record
                record = []
        elif closed or (char == '"' and value):
            raise ValueError(Message("line {number}: a quote inside of a field that is not escaped", number=number))
        elif char == '"':
            quoted = True
        else:
            value += char
    if quoted or value or record:
        raise ValueError(Message("line {number}: the file ends inside of a record", number=number))


def verify_folder(folder: Path) -> tuple[int, list[Message]]:
    """Return the number of rows in the import files of a folder, and every error that they have."""
    rows, faults = 0, list[Message]()
    seen: dict[str, set[tuple[str, str]]] = {}
    paths = sorted(folder.glob("*-[0-9][0-9][0-9].csv"))
    if not paths:
        return 0, [Message("{folder}: no import files", folder=folder)]
    for path in paths:
        count, found = _verify_file(path, seen.setdefault(path.name[:-8], set()))
        rows += count
        faults += [Message("{name}: {fault}", name=path.name, fault=fault) for fault in found]
    faults += _missing_parts(paths)
    return rows, faults


def _missing_parts(paths: list[Path]) -> Iterator[Message]:
    for kind in sorted({path.name[:-8] for path in paths}):
        numbers = [int(path.name[-7:-4]) for path in paths if path.name[:-8] == kind]
        if numbers != list(range(1, len(numbers) + 1)):
            yield Message("{name}: parts are missing, there are {numbers}", name=kind, numbers=numbers)


def _verify_file(path: Path, seen: set[tuple[str, str]]) -> tuple[int, list[Message]]:
    content = path.read_bytes()
    faults = [Message("{count:,} bytes are more than 1 MB", count=len(content))] if len(content) > _MAX_BYTES else []
    try:
        records = read_records(content.decode())
        header = next(records, [])
        series = path.name.startswith("shows-")
        rules = rules_of(header, series=series)
        if not rules:
            return 0, [*faults, Message("not a header of Letterboxd: {header}", header=header)]
        count = 0
        for count, values in enumerate(records, 1):
            row_faults = _verify_row(header, values, rules, None if series else seen)
            faults += [Message("row {number}: {fault}", number=count, fault=fault) for fault in row_faults]
    except UnicodeDecodeError as error:
        return 0, [*faults, Message("not UTF-8: byte {number}", number=error.start + 1)]
    except ValueError as error:
        return 0, [*faults, message_of(error)]
    return count, faults


def _verify_row(
    header: list[str],
    values: list[str],
    rules: Rules,
    seen: set[tuple[str, str]] | None,
) -> Iterator[Message]:
    """Yield the errors of a row. `seen` has the films and days of earlier rows, and is None for a file of series."""
    if len(values) != len(header):
        yield Message("{count} fields instead of {expected}", count=len(values), expected=len(header))
        return
    row = dict(zip(header, values, strict=True))
    yield from _wrong_values(row, rules)
    if seen is not None:
        yield from _wrong_film(row, seen)
    # An episode may be watched twice on a day, so rows may repeat. Letterboxd does not import this file.
    elif not any(row.get(name) for name in ("Series", "SeriesTMDB", "SeriesIMDb", "SeriesTVDB")):
        yield Message("names no series")


def _wrong_values(row: dict[str, str], rules: Rules) -> Iterator[Message]:
    for column, value in row.items():
        if value and not rules[column].fullmatch(value):
            yield Message("{column} is {value!r}", column=column, value=value)
    for name in ("WatchedDate", "Watched", "Collected", "Released"):
        if row.get(name) and not _is_day(row[name]):
            yield Message("there is no day {day}", day=row[name])


def _wrong_film(row: dict[str, str], seen: set[tuple[str, str]]) -> Iterator[Message]:
    day = row.get("WatchedDate", "")
    if row.get("Rewatch") and not day:
        yield Message("Rewatch without WatchedDate")
    film = next((f"{name} {row[name]}" for name in ("tmdbID", "imdbID") if row.get(name)), "")
    film = film or f"{row.get('Title', '')} {row.get('Year', '')}".strip()
    if not film:
        yield Message("names no film")
    elif (film, day) in seen:
        yield Message("{film} {day} appears twice", film=film, day=day)
    seen.add((film, day))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
