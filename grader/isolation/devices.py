"""Which device student code runs on: what there is, how many jobs have room on it, and what its errors mean.

Everything but `devices_here` is arithmetic on what that found, so it is decided the same way with no GPU in sight. The
grader's own processes hold no context on a device: a fresh interpreter looks what is there and ends, and workers compute.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from grader.course.assignments import Assignment
from grader.errors import DeviceError, StudentCodeRaised, UsageError, WorkerCrashed, WorkerTimedOut
from grader.isolation.walls import has_cuda_device
from grader.results import Flag
from grader.text import clean

CPU = "cpu"
CONTEXT_MIB = 700  # of a device, for each worker beside its tensors: CUDA's context, kernels, the libraries' workspaces
_KEPT_FREE = 0.05  # of a device, for whatever else is on it
_NAME = re.compile(r"auto|cpu|cuda(:\d{1,3})?")
_LOST_AFTER = 2  # submissions in a row at which the device could not be used: the job tries no more

_LOOK_SECONDS = 120
_LOOK = """
import json, torch
found = []
for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
    free, total = torch.cuda.mem_get_info(index)
    found.append([torch.cuda.get_device_name(index), total >> 20, free >> 20])
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Device:
    """A GPU, numbered as torch does; memory in all, and what of it nobody uses now."""

    index: int
    name: str
    total_mib: int
    free_mib: int

    def __str__(self) -> str:
        return f"cuda:{self.index}"


@dataclass(frozen=True)
class Plan:
    """Where each job of a run computes: job k on `slots[k]`. There may be fewer than were asked for.

    `why_cpu` is why no device is used although there is one, `why_fewer` why there are fewer jobs.
    """

    slots: tuple[str, ...]
    why_cpu: str = ""
    why_fewer: str = ""


def kind_of(device: str) -> str:
    """`cpu` or `cuda`, whichever of them it is."""
    return device.partition(":")[0]


def index_of(device: str) -> int | None:
    """The number of the device, if one is named."""
    return int(device.partition(":")[2]) if ":" in device else None


def device_name(text: str) -> str:
    """A device as people may name it: `auto`, `cpu`, `cuda` or `cuda:1`. Raises `ArgumentTypeError`."""
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no device; give auto, cpu, cuda, or one GPU as in cuda:1")
    return text


# -- what there is ---------------------------------------------------------------------------------------------------------


@cache
def devices_here() -> tuple[Device, ...]:
    """Every GPU that torch can use here; none where the driver is missing or does not work.

    The interpreter that looks is a fresh one, and has ended when this returns: no context stays on any device.
    """
    if not has_cuda_device():
        return ()
    try:
        looked = subprocess.run(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-P", "-c", _LOOK], capture_output=True, timeout=_LOOK_SECONDS, cwd="/", check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return read_devices(looked.stdout) if looked.returncode == 0 else ()


def devices_for(wanted: str) -> tuple[Device, ...]:
    """The same where a GPU may be wanted; for the CPU nobody looks, which would import torch."""
    return () if wanted == CPU else devices_here()


def read_devices(told: bytes) -> tuple[Device, ...]:
    """The devices that the fresh interpreter told of, in its last line."""
    found = json.loads(told.decode().splitlines()[-1])
    return tuple(Device(index, clean(name, 100), total, free) for index, (name, total, free) in enumerate(found))


def resolve_device(wanted: str) -> str:
    """Where this process's own run has student code computed; `auto` is CUDA where there is one.

    Raises `UsageError` when CUDA was asked for and is not here.
    """
    if wanted == CPU or (wanted == "auto" and not has_cuda_device()):
        return CPU
    import torch

    if not torch.cuda.is_available():
        if wanted == "auto":
            return CPU
        raise UsageError(_no_device(wanted))
    if (index_of(wanted) or 0) >= torch.cuda.device_count():
        raise UsageError(_no_such(wanted, [f"cuda:{index}" for index in range(torch.cuda.device_count())]))
    return "cuda" if wanted == "auto" else wanted


def require_device(wanted: str) -> None:
    """Raise `UsageError` if CUDA was asked for and is not here: once, before anything is started."""
    if kind_of(wanted) == "cuda":
        _chosen(wanted, devices_here())


def _chosen(wanted: str, devices: Sequence[Device]) -> list[Device]:
    """The devices that are meant. Raises `UsageError` if there is none."""
    if not devices:
        raise UsageError(_no_device(wanted))
    index = index_of(wanted)
    chosen = [device for device in devices if index in (None, device.index)]
    if not chosen:
        raise UsageError(_no_such(wanted, list(map(str, devices))))
    return chosen


def _no_device(wanted: str) -> str:
    return f"--device {wanted}: torch finds no CUDA device here. Use --device cpu, or auto."


def _no_such(wanted: str, names: Sequence[str]) -> str:
    return f"--device {wanted}: there is no such device here; there is {', '.join(names)}."


# -- how many jobs have room -----------------------------------------------------------------------------------------------


def workers_at_once(assignment: Assignment) -> int:
    """How many workers of one submission may be alive at a time: one, and one more for each set of stand-ins.

    Checks of an exercise that waits for others share a worker with nobody, so only its own stand-ins count there.
    """
    alone = [1 + bool(exercise.stand_ins) for exercise in assignment.exercises if exercise.needs]
    shared = {exercise.stand_ins for exercise in assignment.exercises if exercise.stand_ins and not exercise.needs}
    return max([1 + len(shared), *alone])


def job_mib(assignment: Assignment) -> int:
    """What a job may take of a device: each of its workers the memory of the assignment, and a context."""
    return workers_at_once(assignment) * (assignment.memory_limit_mib + CONTEXT_MIB)


def room_for_jobs(device: Device, needed_mib: int) -> int:
    """How many jobs find room on the device, beside what others use of it now."""
    return max(0, int(device.free_mib - _KEPT_FREE * device.total_mib) // needed_mib)


def plan_jobs(wanted: str, jobs: int, devices: Sequence[Device], needed_mib: int) -> Plan:
    """Spread jobs over devices: job k on device k modulo their number, while there is room.

    Every worker may use as much of a device as the assignment allows of the machine's memory, neither more nor less,
    whatever the device: else a verdict would depend on it. What does not fit makes fewer jobs. Raises `UsageError` if CUDA
    was asked for and no job fits.
    """
    if wanted == CPU or (wanted == "auto" and not devices):
        return Plan((CPU,) * jobs)
    chosen = _chosen(wanted if wanted != "auto" else "cuda", devices)
    rooms = {str(device): room_for_jobs(device, needed_mib) for device in chosen}
    slots: list[str] = []
    while len(slots) < jobs and any(rooms.values()):
        for name in rooms:
            if rooms[name] and len(slots) < jobs:
                rooms[name] -= 1
                slots.append(name)
    if slots:
        fewer = f"{len(slots)} jobs instead of {jobs}: no more find room on {', '.join(rooms)}"
        return Plan(tuple(slots), why_fewer=fewer if len(slots) < jobs else "")
    most = max(chosen, key=lambda device: device.free_mib)
    why = f"{most} has {most.free_mib:,} of {most.total_mib:,} MiB free, and a job takes {needed_mib:,}"
    if wanted == "auto":
        return Plan((CPU,) * jobs, why_cpu=f"has no room: {why}")
    raise UsageError(
        f"--device {wanted}: {why}. Use --device cpu, or end what else uses it. The memory_limit_mib of the assignment "
        "is what each of a job's workers may use."
    )


def devices_in_words(plan: Plan) -> str:
    """Where the jobs of a run compute, and what of that is not as it was asked for."""
    where = (
        ", ".join(
            f"{name} ({count} job{'s' * (count > 1)})" for name, count in Counter(plan.slots).items() if name != CPU
        )
        or CPU
    )
    left = f"; the GPU {plan.why_cpu}" if plan.why_cpu else ""
    return f"{where}{left}{'; ' if plan.why_fewer else ''}{plan.why_fewer}"


def devices_report(devices: Sequence[Device], jobs: int, needed_mib: Mapping[str, int]) -> list[str]:
    """What `grader doctor` says: each device, and of each assignment (its name and what a job takes) where its jobs go."""
    if not devices:
        found = "an NVIDIA device is here, but this torch can't use it" if has_cuda_device() else "none"
        return [f"GPUs: {found}. `--device auto` takes the CPU."]
    lines = ["GPUs:"]
    lines += [
        f"  {device}  {device.name}: {device.free_mib:,} of {device.total_mib:,} MiB are free" for device in devices
    ]
    lines.append(f"`--device auto` and `--device cuda`, with --jobs {jobs}:")
    for name, needed in needed_mib.items():
        plan = plan_jobs("auto", jobs, devices, needed)
        lines.append(f"  {name}: {devices_in_words(plan)}; a job takes {needed:,} MiB")
    return lines


def free_slot(count: int, taken: Collection[int]) -> int:
    """The first of `count` slots that no job has."""
    return next(place for place in range(count) if place not in taken)


def visible_device(device: str, environment: Mapping[str, str]) -> str:
    """The value of CUDA_VISIBLE_DEVICES with which a process sees this device alone; empty if none is named.

    `environment` may itself leave devices out or order them: the numbers count what it lets through.
    """
    index = index_of(device)
    if index is None:
        return ""
    known = [name.strip() for name in environment.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    return known[index] if index < len(known) else str(index)


# -- what an error of the device means -------------------------------------------------------------------------------------

_SIZE = r"([\d.]+) (bytes|[KMGT]iB)"
_ASKED = re.compile(rf"out of memory\. Tried to allocate {_SIZE}", re.IGNORECASE)
_HELD = re.compile(rf"{_SIZE} is allocated by PyTorch")
_IN_MIB = {"bytes": 2**-20, "KiB": 2**-10, "MiB": 1.0, "GiB": 2.0**10, "TiB": 2.0**20}
_OF_A_DEVICE = re.compile(r"cuda|cudnn|cublas|cufft|cusolver|nvrtc|\bdevices?\b", re.IGNORECASE)


def over_the_limit(text: str, limit_mib: int) -> tuple[int, int] | None:
    """What code held of a device's memory and asked for, in MiB, if that is more than its limit; of torch's own words."""
    asked, held = _ASKED.search(text), _HELD.search(text)
    if asked is None or held is None:
        return None
    wanted, had = _mib(asked), _mib(held)
    return (round(had), round(wanted)) if had + wanted > limit_mib else None


def _mib(size: re.Match[str]) -> float:
    return float(size[1]) * _IN_MIB[size[2]]


def trouble_of(error: BaseException | None) -> str:
    """Why a check that ended like this is to be run on the CPU, as what is true of the device; empty if it is not.

    What an exception says is the student's, and so is believed for this only: the CPU judges as well as any device. It is
    not repeated either, for a flag is shown where a hidden check's values must not be.
    """
    if isinstance(error, DeviceError):
        return str(error)
    if isinstance(error, StudentCodeRaised) and _OF_A_DEVICE.search(error.text):
        if "out of memory" in error.text.lower():
            return "was full, though this code kept to its limit"
        return "does not suit this code, which raised an error about devices"
    if isinstance(error, WorkerCrashed) and error.by_signal not in ("", "SIGXCPU"):
        return "was in use when the process of this code died"
    if isinstance(error, WorkerTimedOut):
        return "was in use when this code gave no answer in time"
    return ""


class Placement:
    """On which device the checks run now.

    An exercise whose code gets into trouble on a device goes on on the CPU, and the next one is on the device again; a
    submission that finds no device goes on on the CPU as a whole.
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self._home = device
        self._exercise = ""
        self._on_cpu: dict[str, str] = {}  # exercises of this submission, and why
        self._used: dict[str, None] = {}  # where checks of this submission ended
        self._why_lost = ""  # why this submission has no device
        self._lost = 0  # submissions in a row that had none

    def next_submission(self) -> None:
        """Back to the device of the run, unless that was lost too often."""
        self._exercise, self._on_cpu, self._used = "", {}, {}
        if self._lost < _LOST_AFTER:
            self._why_lost = ""
        self.device = CPU if self._why_lost else self._home

    def enter(self, exercise: str) -> bool:
        """A check of the exercise begins; whether it is to run elsewhere than the check before it."""
        before, self._exercise = self.device, exercise
        self.device = CPU if self._why_lost or exercise in self._on_cpu else self._home
        return self.device != before

    def leave_after(self, error: BaseException | None) -> bool:
        """A check ended like this; whether it is to be run again, on the CPU, where this exercise now is."""
        why = trouble_of(error) if self.device != CPU else ""
        if not why:
            self._used[self.device] = None
            return False
        if isinstance(error, DeviceError):
            self._why_lost = why
            self._lost += 1
        else:
            self._on_cpu[self._exercise] = why
        self.device = CPU
        return True

    def end_submission(self) -> None:
        """All its checks were run; if it had the device, that is not lost."""
        if not self._why_lost:
            self._lost = 0

    @property
    def told(self) -> str:
        """The device, or both, for the grade."""
        return ", ".join(self._used) or self.device

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What the grade says of it: nothing, unless the device was left."""
        by_reason: dict[str, list[str]] = {}
        for exercise, why in self._on_cpu.items():
            by_reason.setdefault(why, []).append(exercise)
        reasons = [f"{why} ({', '.join(exercises)})" for why, exercises in by_reason.items()]
        return tuple(graded_on_cpu(self._home, why) for why in (*reasons, self._why_lost) if why)


def graded_on_cpu(device: str, why: str) -> Flag:
    """For the instructor and, in a line, for the student: which device was not used, and why. No verdict depends on it."""
    return Flag("graded_on_cpu", device, why)
