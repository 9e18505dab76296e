"""What this machine offers to wall student code in, and how a process is started behind it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from grader import PACKAGE
from grader.course.shipped import INSTALLED
from grader.isolation import system_calls
from grader.isolation.levels import Level
from grader.untrusted import landlock
from grader.untrusted.sandbox import Walls

UNTRUSTED = PACKAGE / "untrusted"
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/sys/devices/system", "/proc/cpuinfo", "/dev/urandom", "/dev/zero")
_NVIDIA = ("nvidia[0-9]*", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset")
# What the driver's library reads of the machine to find its devices: facts, nothing of anybody's
_CUDA_FILES = ("/proc/driver/nvidia", "/proc/devices", "/sys/bus/pci", "/sys/devices")
_PACKAGES = ("torch", "numpy", "msgspec")  # wherever they are, the others that students import are too
NOBODY = 65534


@dataclass(frozen=True)
class Start:
    """How workers of a level are started: a prefix of the command, the walls, and for root the user it becomes."""

    level: Level
    prefix: tuple[str, ...] = ()
    walls: Walls = field(default_factory=Walls)
    user: int | None = None


def way_to(level: Level, *, closed: Iterable[Path] = (), cuda: bool = False) -> Start | str:
    """How to reach the level, or in one sentence why this machine can't.

    `closed` are files and folders that workers must not read even where they lie among Python's libraries; the grader's
    own package and the course that comes with it always are.
    """
    if level is Level.PROCESS:
        return Start(level)
    if sys.platform != "linux":
        return f"it needs the Linux kernel, and this is {sys.platform}"
    wants_landlock = level in (Level.FULL, Level.KERNEL)
    wants_bubblewrap = level in (Level.FULL, Level.NAMESPACES)
    if wants_landlock and not landlock.version():
        return "this kernel has no Landlock; it is part of Linux since 5.13, and some small kernels leave it out"
    try:
        program = system_calls.program(may_open=level is not Level.STRICT, cuda=cuda)
    except system_calls.Unavailable as missing:
        return f"{missing}; `apt install libseccomp2` or `dnf install libseccomp` brings it"
    prefix: tuple[str, ...] = ()
    hidden = [PACKAGE, *_installed_courses(), *(path.resolve() for path in closed)]
    if wants_bubblewrap:
        bubblewrap = shutil.which("bwrap")
        if bubblewrap is None:
            return "bubblewrap is not installed; `apt install bubblewrap` or `dnf install bubblewrap` brings it"
        prefix = _bubblewrap(bubblewrap, hidden, cuda=cuda, alone=not wants_landlock)
    walls = Walls(
        landlock=wants_landlock,
        readable=[
            *(str(path) for folder in _folders() for path in _without(folder, hidden)),
            *(_CUDA_FILES if cuda else ()),
        ]
        if wants_landlock
        else [],
        devices=["/dev/null", *(_nvidia_devices() if cuda else ())] if wants_landlock else [],
        system_calls=program,
    )
    return Start(level, prefix, walls, _other_user())


def has_cuda_device() -> bool:
    """Whether there is an NVIDIA device, known without torch."""
    return Path("/dev/nvidiactl").exists()


# -- files --------------------------------------------------------------------------------------------------------------


@cache
def _folders() -> tuple[Path, ...]:
    """What Python and torch read while they run: their libraries, those of the system, a few facts about the machine."""
    pythons = [Path(prefix, name) for prefix in (sys.prefix, sys.base_prefix) for name in ("lib", "lib64")]
    pythons += [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    pythons += [folder for name in _PACKAGES for folder in _folders_with(name)]
    found = dict.fromkeys(path for path in (*pythons, *map(Path, (*_LIBRARIES, *_SYSTEM_FILES))) if path.exists())
    return tuple(path for path in found if not any(other in path.parents for other in found))


def _installed_courses() -> list[Path]:
    """The course that comes along wherever one is installed: beside this package, or with another grader on the path."""
    places = dict.fromkeys([INSTALLED, *(Path(folder, INSTALLED.name) for folder in sys.path)])
    return [path.resolve() for path in places if path.is_dir()]


def _without(path: Path, hidden: list[Path]) -> Iterator[Path]:
    """The path, taken apart as far as is needed to leave out what is hidden below it."""
    resolved = path.resolve()
    if resolved in hidden:
        return
    if not any(resolved in other.parents for other in hidden):
        yield path
    else:
        for child in sorted(path.iterdir()):
            yield from _without(child, hidden)


def _other_user() -> int | None:
    """Whom workers run as when the grader is root: nobody, if nobody can read Python's libraries."""
    if os.geteuid() != 0:
        return None
    needed = (Path(sys.executable), Path(os.path.realpath(sys.executable)), UNTRUSTED, *_folders())
    return NOBODY if all(_is_open_to_all(path) for path in needed) else None


def _folders_with(package: str) -> list[Path]:
    """Where a package is installed, found without importing it."""
    found = importlib.util.find_spec(package)
    return [Path(found.origin).parent.parent] if found is not None and found.origin is not None else []


def _is_open_to_all(path: Path) -> bool:
    parents = all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)
    return parents and bool(path.stat().st_mode & stat.S_IROTH)


# -- bubblewrap ------------------------------------------------------------------------------------------------------------


def _bubblewrap(program: str, hidden: list[Path], *, cuda: bool, alone: bool) -> tuple[str, ...]:
    """The prefix that starts a command in namespaces of its own, with nothing but Python's libraries to be seen.

    Whole folders are mounted, for mounts are slow, and what is hidden is covered. If it is to stand `alone`, without
    Landlock, no worker may write to another's memory through /proc either.
    """
    words = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--proc", "/proc", "--dev", "/dev"]
    executables = (Path(sys.executable), Path(os.path.realpath(sys.executable)), Path(sys.prefix, "pyvenv.cfg"))
    for path in (*_folders(), *executables):
        if path.is_relative_to("/dev") or path.is_relative_to("/proc"):
            continue
        if path.is_symlink() and len(path.parts) == 2:  # /lib on most systems
            words += ["--symlink", str(path.readlink()), str(path)]
        else:
            words += ["--ro-bind-try", str(path), str(path)]
    covers = [*([Path("/proc")] if alone else []), Path("/dev"), Path("/")]
    for path in hidden:
        if any(folder in path.parents for folder in map(Path.resolve, _folders())):
            words += ["--tmpfs", str(path)] if path.is_dir() else ["--ro-bind", "/dev/null", str(path)]
            covers += [path] if path.is_dir() else []
    words += ["--ro-bind", str(UNTRUSTED), str(UNTRUSTED)]
    if cuda:
        for device in _nvidia_devices():
            words += ["--dev-bind-try", device, device]
        words += ["--ro-bind-try", "/sys/bus/pci", "/sys/bus/pci", "--ro-bind-try", "/sys/devices", "/sys/devices"]
    for path in covers:
        words += ["--remount-ro", str(path)]
    return (*words, "--chdir", "/", "--")


def _nvidia_devices() -> list[str]:
    return [str(path) for pattern in _NVIDIA for path in sorted(Path("/dev").glob(pattern))]
