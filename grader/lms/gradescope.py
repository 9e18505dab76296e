"""Gradescope: the export of an assignment's submissions in, as a folder or zip with a submission_metadata.yml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from grader.errors import UsageError
from grader.lms.arriving import Incoming, Reading
from grader.lms.downloads import Download, Item
from grader.lms.roster import key_of, slug
from grader.submissions.arrivals import Arrival
from grader.text import clean_name

SYSTEM = "gradescope"
METADATA = "submission_metadata.yml"
MAX_METADATA_BYTES = 50_000_000


def is_export(download: Download) -> bool:
    """Whether Gradescope made it: the file about the submissions is in it."""
    return any(item.name == METADATA and not item.is_folder for item in download.items)


def read(download: Download) -> Reading:
    """The submissions of the export. Of a group's each member has one. Raises `UsageError` without PyYAML."""
    items = {item.name: item for item in download.items}
    about = _metadata(download, items[METADATA])
    submissions: list[Incoming] = []
    notes: list[str] = []
    unmatched: list[str] = []
    for folder, entry in about.items():
        item = items.pop(str(folder), None)
        people = _submitters(entry)
        if item is None:
            unmatched.append(f"{clean_name(str(folder))}: is in {METADATA}, but there is no such folder")
        elif not people:
            unmatched.append(f"{clean_name(str(folder))}: {METADATA} names nobody who submitted it")
        else:
            if len(people) > 1:
                names = ", ".join(name for name, _ in people)
                notes.append(f"{item.name} is a group's: each of {names} gets its grade")
            when = _moment(entry.get(":created_at"))
            submissions += [_submission(item, name, ids, when) for name, ids in people]
    unmatched += [f"{clean_name(name)}: is not in {METADATA}" for name in items if name != METADATA]
    return Reading(SYSTEM, tuple(submissions), tuple(notes), tuple(unmatched))


def _submission(item: Item, name: str, ids: Mapping[str, str], submitted_at: str) -> Incoming:
    number = item.name.removeprefix("submission_")
    who = ids.get("gradescope_sid") or ids.get("email") or number
    key = key_of("_".join(filter(None, (slug(clean_name(name, 45)), clean_name(who, 50)))))
    arrival = Arrival(SYSTEM, name, {**ids, "gradescope_submission": number}, item.members, submitted_at)
    return Incoming(f"{item.name} ({key})", key, arrival, item.path, item.parts, opens_zips=True)


def _submitters(entry: object) -> list[tuple[str, dict[str, str]]]:
    listed = entry.get(":submitters") if isinstance(entry, Mapping) else None
    people: list[tuple[str, dict[str, str]]] = []
    for person in listed if isinstance(listed, list) else []:
        if isinstance(person, Mapping):
            said = {key: clean_name(str(person.get(f":{key}") or "")).strip() for key in ("name", "sid", "email")}
            ids = {"gradescope_sid": said["sid"], "email": said["email"]}
            people.append((said["name"], {kind: value for kind, value in ids.items() if value}))
    return [(name, ids) for name, ids in people if name or ids]


def _moment(value: object) -> str:
    """A time of the file as ISO 8601 in UTC; empty if it is none. One without a zone is in UTC there."""
    if isinstance(value, Mapping):  # Ruby's time with a zone
        value = value.get("utc") or value.get("time")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
        except ValueError:
            return ""
    if not isinstance(value, datetime):
        return ""
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError:
        return ""


def _metadata(download: Download, item: Item) -> Mapping[Any, Any]:
    place = f"{download.path}: {METADATA}"
    try:
        import yaml
    except ImportError:
        raise UsageError(
            f"{place} needs PyYAML to be read, which is not installed. Install it: pip install 'backgrade[gradescope]'."
        ) from None

    # Only plain values: an object of Ruby's is the mapping, list or text that it is written as.
    loader_type: Any = type("PlainLoader", (yaml.SafeLoader,), {})

    def plain(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node)

    loader_type.add_multi_constructor("!", plain)
    try:
        raw = item.parts[0].read(MAX_METADATA_BYTES + 1)
    except Exception as error:  # zipfile raises what a broken archive leads it to
        raise UsageError(f"{place} can't be read: {error}. Download the export again.") from None
    if len(raw) > MAX_METADATA_BYTES:
        raise UsageError(f"{place} is too large: it may have {MAX_METADATA_BYTES:,} bytes. Download the export again.")
    try:
        about = yaml.load(raw, loader_type)  # noqa: S506  (a SafeLoader)
    except (yaml.YAMLError, ValueError, UnicodeDecodeError, RecursionError, TypeError) as error:
        first = str(error).partition("\n")[0]
        raise UsageError(
            f"{place} is not the YAML that Gradescope writes: {first}. Download the export again."
        ) from None
    if not isinstance(about, Mapping) or not about:
        raise UsageError(f"{place} names no submission. Download the export again.")
    return about
