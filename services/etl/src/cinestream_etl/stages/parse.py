"""The parser: it merges the layouts found in a page, and takes each field from the first of them that has it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cinestream.contracts import Invalid
from cinestream_etl.stages.layouts import data_testid, ld_json, next_data, reference, title_2010, title_2011, title_2015
from cinestream_etl.stages.title import FIELDS, ParsedTitle, absent, is_film
from cinestream_flow.message import Message

COMPARED = ("title", "year", "rating", "votes", "release_date", "runtime_minutes", "certificate")
"""Fields that should be equal in all layouts of a page. In the other fields layouts differ in how much they state."""


@dataclass(frozen=True)
class Layout:
    """A place in a page that holds facts.

    Attributes:
        name: the name in metrics and in `parse --explain`.
        read: returns the facts of the page's own title, or None if the page does not have this layout.
        fields: the fields that this layout can have. It is read only if one of them is still missing.
        is_alternative: True if pages have this layout instead of the earlier ones. It is read only if none was found.
        weak: fields whose value is used only if no later layout has one.
        marks: for some fields the bytes that a page must contain for this layout to have the field. If marks are
            given, the layout is read only if the mark of a missing field is in the page.
    """

    name: str
    read: Callable[[bytes], ParsedTitle | None]
    fields: frozenset[str] = frozenset(FIELDS)
    is_alternative: bool = True
    weak: frozenset[str] = frozenset()
    marks: Mapping[str, bytes] | None = None

    def may_have(self, missing: frozenset[str], html: bytes) -> bool:
        """Return True if the layout may have one of these missing fields in this page."""
        if self.marks is None:
            return bool(self.fields & missing)
        return any(mark in html for mark in {self.marks[name] for name in missing & self.marks.keys()})


LAYOUTS = (
    Layout("next_data", next_data.read),
    Layout("title_2015", title_2015.read),
    Layout("title_2011", title_2011.read),
    Layout("reference", reference.read),
    Layout("title_2010", title_2010.read),
    Layout("ld_json", ld_json.read, ld_json.FIELDS, is_alternative=False, weak=ld_json.WEAK),
    Layout("data_testid", data_testid.read, is_alternative=False, marks=data_testid.MARKS),
)
"""All layouts in their order of precedence, the richest first."""


@dataclass(frozen=True)
class Disagreement:
    """A field in which the layout `other` differs from the layout that was believed."""

    field: str
    believed: str
    other: str


@dataclass(frozen=True)
class ParsedPage:
    """A title, the layout that gave each of its fields, and the fields in which layouts disagree."""

    title: ParsedTitle
    sources: Mapping[str, str]
    disagreements: tuple[Disagreement, ...] = ()


def parse(html: bytes) -> ParsedPage:
    """Parse a page, given as UTF-8.

    A layout that describes another title than the first layout is not used.

    Raises:
        Invalid: the page has no layout of a title page.
    """
    merge = _Merge()
    for layout in LAYOUTS:
        if (layout.is_alternative and merge.values) or not layout.may_have(merge.missing, html):
            continue
        if found := layout.read(html):
            merge.add(layout, found)
        if not is_film(merge.values.get("kind", "")):
            break  # The page will be filtered, so the other layouts do not matter.
    values, sources = {**merge.weak_values, **merge.values}, {**merge.weak_sources, **merge.sources}
    if "id" not in values:
        names = ", ".join(layout.name for layout in LAYOUTS)
        raise Invalid(
            Message(
                "page: no layout of a title page found (looked for {names}) in {count:,} bytes",
                names=names,
                count=len(html),
            )
        )
    ordered = {name: sources[name] for name in FIELDS if name in sources}
    return ParsedPage(ParsedTitle(**values), ordered, tuple(merge.disagreements))


@dataclass
class _Merge:
    """The fields of the layouts read so far. A weak value is used only if no layout has a better one."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    weak_values: dict[str, Any] = field(default_factory=dict)
    weak_sources: dict[str, str] = field(default_factory=dict)
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
                self.weak_values[name], self.weak_sources[name] = value, layout.name
            elif name not in self.values:
                self.values[name], self.sources[name] = value, layout.name
            elif name in COMPARED and self.values[name] != value:
                self.disagreements.append(Disagreement(name, self.sources[name], layout.name))
