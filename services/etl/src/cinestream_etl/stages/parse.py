"""A page -> `ParsedTitle`: the layouts found in it, and field by field the first of them that has a value. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cinestream.contracts import Invalid
from cinestream_etl.stages.layouts import data_testid, ld_json, next_data, reference, title_2010, title_2011, title_2015
from cinestream_etl.stages.title import FIELDS, ParsedTitle, absent, is_film

COMPARED = ("title", "year", "rating", "votes", "release_date", "runtime_minutes", "certificate")
"""Fields that two layouts of a page should agree about; others differ in how much they say."""


@dataclass(frozen=True)
class Layout:
    """A place where pages keep their facts: `read` returns those of the page's own title, or None if it is not there.

    `gives` are the fields that it can have at all: where nothing of that is missing, it is not even looked for. `marks`
    are what a page must contain for it to have a field. `whole` says that a page has it instead of the whole layouts
    before it, never beside one. What it says of the fields `weak` is used only if no layout after it says anything.
    """

    name: str
    read: Callable[[bytes], ParsedTitle | None]
    gives: frozenset[str] = frozenset(FIELDS)
    whole: bool = True
    weak: frozenset[str] = frozenset()
    marks: Mapping[str, bytes] | None = None

    def may_give(self, missing: frozenset[str], html: bytes) -> bool:
        """Whether it is worth looking for in this page, which lacks these fields."""
        if self.marks is None:
            return bool(self.gives & missing)
        return any(mark in html for mark in {self.marks[name] for name in missing & self.marks.keys()})


LAYOUTS = (
    Layout("next_data", next_data.read),
    Layout("title_2015", title_2015.read),
    Layout("title_2011", title_2011.read),
    Layout("reference", reference.read),
    Layout("title_2010", title_2010.read),
    Layout("ld_json", ld_json.read, ld_json.GIVES, whole=False, weak=ld_json.WEAK),
    Layout("data_testid", data_testid.read, whole=False, marks=data_testid.MARKS),
)
"""In order of precedence: the richest first."""


@dataclass(frozen=True)
class Disagreement:
    """A field of which another layout said something else than the one that was believed."""

    field: str
    believed: str
    other: str


@dataclass(frozen=True)
class Parsed:
    """A title, for each of its fields that has a value the layout that gave it, and where the layouts disagree."""

    title: ParsedTitle
    sources: Mapping[str, str]
    disagreements: tuple[Disagreement, ...] = ()


def parse(html: bytes) -> Parsed:
    """Take a page apart, given as UTF-8.

    A layout that speaks of another title than the first one found is not used.

    Raises:
        Invalid: no layout of a title page is found in it.
    """
    merge = _Merge()
    for layout in LAYOUTS:
        if (layout.whole and merge.values) or not layout.may_give(merge.missing, html):
            continue
        if found := layout.read(html):
            merge.add(layout, found)
        if not is_film(merge.values.get("kind", "")):
            break  # it will be filtered, whatever else it says
    values, sources = {**merge.spare_values, **merge.values}, {**merge.spare_sources, **merge.sources}
    if "id" not in values:
        names = ", ".join(layout.name for layout in LAYOUTS)
        raise Invalid(f"page: no layout of a title page found (looked for {names}) in {len(html):,} bytes")
    ordered = {name: sources[name] for name in FIELDS if name in sources}
    return Parsed(ParsedTitle(**values), ordered, tuple(merge.disagreements))


@dataclass
class _Merge:
    """What the layouts read so far say; `spare` is what is used if nobody says better."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    spare_values: dict[str, Any] = field(default_factory=dict)
    spare_sources: dict[str, str] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def missing(self) -> frozenset[str]:
        return frozenset(FIELDS) - self.values.keys()

    def add(self, layout: Layout, found: ParsedTitle) -> None:
        if found.id != self.values.get("id", found.id):
            self.disagreements.append(Disagreement("id", self.sources["id"], layout.name))
            return
        for name in FIELDS:
            value = getattr(found, name)
            if absent(value):
                continue
            if name in layout.weak:
                self.spare_values[name], self.spare_sources[name] = value, layout.name
            elif name not in self.values:
                self.values[name], self.sources[name] = value, layout.name
            elif name in COMPARED and self.values[name] != value:
                self.disagreements.append(Disagreement(name, self.sources[name], layout.name))
