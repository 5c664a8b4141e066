"""A verifier of import files. It has a CSV reader of its own, and shares no code with the writer."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

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
            raise ValueError(f"line {number}: a quote inside of a field that is not escaped")
        elif char == '"':
            quoted = True
        else:
            value += char
    if quoted or value or record:
        raise ValueError(f"line {number}: the file ends inside of a record")


def verify_folder(folder: Path) -> tuple[int, list[str]]:
    """Return the number of rows in the import files of a folder, and every error that they have."""
    rows, faults = 0, list[str]()
    seen: dict[str, set[tuple[str, str]]] = {}
    paths = sorted(folder.glob("*-[0-9][0-9][0-9].csv"))
    if not paths:
        return 0, [f"{folder}: no import files"]
    for path in paths:
        count, found = _verify_file(path, seen.setdefault(path.name[:-8], set()))
        rows += count
        faults += [f"{path.name}: {fault}" for fault in found]
    faults += _missing_parts(paths)
    return rows, faults


def _missing_parts(paths: list[Path]) -> Iterator[str]:
    for kind in sorted({path.name[:-8] for path in paths}):
        numbers = [int(path.name[-7:-4]) for path in paths if path.name[:-8] == kind]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{kind}: parts are missing, there are {numbers}"


def _verify_file(path: Path, seen: set[tuple[str, str]]) -> tuple[int, list[str]]:
    content = path.read_bytes()
    faults = [f"{len(content)} bytes are more than 1 MB"] if len(content) > _MAX_BYTES else []
    try:
        records = read_records(content.decode())
        header = next(records, [])
        series = path.name.startswith("shows-")
        rules = rules_of(header, series=series)
        if not rules:
            return 0, [*faults, f"not a header of Letterboxd: {header}"]
        count = 0
        for count, values in enumerate(records, 1):
            row_faults = _verify_row(header, values, rules, None if series else seen)
            faults += [f"row {count}: {fault}" for fault in row_faults]
    except UnicodeDecodeError as error:
        return 0, [*faults, f"not UTF-8: byte {error.start + 1}"]
    except ValueError as error:
        return 0, [*faults, str(error)]
    return count, faults


def _verify_row(
    header: list[str],
    values: list[str],
    rules: Rules,
    seen: set[tuple[str, str]] | None,
) -> Iterator[str]:
    if len(values) != len(header):
        yield f"{len(values)} fields instead of {len(header)}"
        return
    row = dict(zip(header, values, strict=True))
    for column, value in row.items():
        if value and not rules[column].fullmatch(value):
            yield f"{column} is {value!r}"
    for name in ("WatchedDate", "Watched", "Collected", "Released"):
        if row.get(name) and not _is_day(row[name]):
            yield f"there is no day {row[name]}"
    if seen is None:
        if not any(row.get(name) for name in ("Series", "SeriesTMDB", "SeriesIMDb", "SeriesTVDB")):
            yield "names no series"
        # An episode may be watched twice on a day, so rows may repeat. Letterboxd does not import this file.
        return
    day = row.get("WatchedDate", "")
    if row.get("Rewatch") and not day:
        yield "Rewatch without WatchedDate"
    identity = next((f"{name} {row[name]}" for name in ("tmdbID", "imdbID") if row.get(name)), "")
    identity = identity or f"{row.get('Title', '')} {row.get('Year', '')}".strip()
    if not identity:
        yield "names no film"
    elif (identity, day) in seen:
        yield f"{identity} {day} is there twice"
    seen.add((identity, day))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
