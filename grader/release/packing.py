"""Pack the grader as it is installed here, so that everybody who has the package has the same engine.

A wheel is made of the files of the package and of what the installation knows about it; it makes no difference whether
that is an installed wheel or a checkout. The same files give the same bytes, other files another version: pip leaves a
package alone whose version is installed already.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from grader import PACKAGE, __version__
from grader.errors import UsageError

DISTRIBUTION = "backgrade"
_WHEEL = "Wheel-Version: 1.0\nGenerator: backgrade\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_LEFT_OUT = ("Description-Content-Type:", "Provides-Extra:")  # of the metadata
_OURS = ("grader", DISTRIBUTION)


def wheel() -> tuple[str, bytes]:
    """The name and the content of the wheel. Raises `UsageError` if the grader is not installed."""
    installed = _distribution()
    paths = _package_files(PACKAGE)
    files = {f"grader/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes() for path in paths}
    content = "".join(f"{name} {_digest(text)}\n" for name, text in files.items())
    version = f"{__version__}+e{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    folder = f"{DISTRIBUTION}-{version}.dist-info"
    files |= {f"{folder}/licenses/{name}": content for name, content in _licences(installed)}
    files[f"{folder}/METADATA"] = _metadata(installed, version).encode()
    files[f"{folder}/WHEEL"] = _WHEEL.encode()
    files[f"{folder}/entry_points.txt"] = (installed.read_text("entry_points.txt") or "").encode()
    record = f"{folder}/RECORD"
    lines = [f"{name},sha256={_digest(files[name])},{len(files[name])}" for name in sorted(files)]
    files[record] = "".join(f"{line}\n" for line in [*lines, f"{record},,"]).encode()
    return f"{DISTRIBUTION}-{version}-py3-none-any.whl", zipped(files)


def zipped(files: Mapping[str, bytes], programs: Container[str] = ()) -> bytes:
    """A zip of these files, the same bytes on every machine: sorted, dated 1980, and stored, for compressors differ.

    `programs` are those of them that can be run.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # unix, on whichever system
            entry.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(entry, files[name])
    return stream.getvalue()


def pinned(modules: Iterable[str]) -> list[str]:
    """Requirements that bring what the grader and these modules need, in the versions that are installed here.

    Local versions are left out: `torch==2.4.0` is met by 2.4.0+cpu, and a Mac has none of that name.
    """
    markers: dict[str, str] = {}
    for requirement in _distribution().requires or ():
        words, _, marker = requirement.partition(";")
        if not re.search(r"\bextra\b", marker):
            markers[_normal(re.split(r"[^\w.-]", words.strip())[0])] = marker.strip()
    owners = metadata.packages_distributions()
    for module in modules:
        for name in owners.get(module.split(".")[0], ())[:1]:
            markers.setdefault(_normal(name), "")
    return sorted(
        f"{name}=={version.partition('+')[0]}{f'; {marker}' if marker else ''}"
        for name, marker in markers.items()
        if name not in _OURS and (version := _version(name))
    )


def least_python() -> str:
    """The oldest Python that the grader runs on, such as `3.11`."""
    found = re.search(r"\d+\.\d+", _distribution().metadata["Requires-Python"] or "")
    return found.group() if found else f"{sys.version_info.major}.{sys.version_info.minor}"


def is_of_python(module: str) -> bool:
    """Whether a module comes with Python or with the grader."""
    return module.split(".")[0] in {*sys.stdlib_module_names, *_OURS}


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise UsageError(
            f"the grader is not installed here, so there is nothing to pack. Install it: pip install {PACKAGE.parent}."
        ) from None


def _package_files(package: Path) -> Iterator[Path]:
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        if path.is_file() and "__pycache__" not in parts and not any(part.startswith(".") for part in parts):
            yield path


def _licences(installed: metadata.Distribution) -> Iterator[tuple[str, bytes]]:
    """The licence files that the metadata names."""
    for name in installed.metadata.get_all("License-File") or ():
        for place in (f"licenses/{name}", name):
            text = installed.read_text(place)
            if text is not None:
                yield name, text.encode()
                break


def _metadata(installed: metadata.Distribution, version: str) -> str:
    """The metadata of the wheel: what the installation says, without the page for instructors and what is for developers."""
    head, _, _ = (installed.read_text("METADATA") or "").partition("\n\n")
    lines = [
        line
        for line in re.sub(r"\n[ \t]+", " ", head).splitlines()
        if not line.startswith(_LEFT_OUT) and not re.search(r";.*\bextra\b", line)
    ]
    lines = [f"Version: {version}" if line.startswith("Version:") else line for line in lines]
    return "".join(f"{line}\n" for line in lines)


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _version(name: str) -> str:
    """The version of a distribution that is installed here, empty if none is."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
