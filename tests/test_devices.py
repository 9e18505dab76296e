"""Where student code computes: which job on which device, what its errors mean, and who goes on on the CPU."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import torch

from grader import compare
from grader.checks.pool import limits_of
from grader.checks.proxy import Names
from grader.checks.session import Session
from grader.course.assignments import Assignment
from grader.errors import (
    CheckFailed,
    CourseError,
    DeviceError,
    StudentCodeRaised,
    UsageError,
    WorkerCrashed,
    WorkerTimedOut,
)
from grader.grading import jobs
from grader.grading.grade import grade_each
from grader.grading.regrading import merge
from grader.grading.settings import Settings
from grader.isolation import devices, walls
from grader.isolation import isolated as isolation
from grader.isolation.devices import (
    CPU,
    Device,
    Placement,
    Plan,
    device_name,
    devices_here,
    devices_in_words,
    devices_report,
    free_slot,
    index_of,
    job_mib,
    kind_of,
    over_the_limit,
    plan_jobs,
    read_devices,
    require_device,
    resolve_device,
    room_for_jobs,
    trouble_of,
    visible_device,
    workers_at_once,
)
from grader.isolation.isolated import Isolated
from grader.isolation.launchers import Launcher
from grader.isolation.levels import Level
from grader.isolation.self_test import self_test
from grader.results import Flag, Grade, Outcome, Status
from grader.submissions.submission import make_submission
from grader.untrusted import host

ROOT = Path(__file__).parent.parent
NEED = 5_000
TWO = (Device(0, "A", 24_000, 23_000), Device(1, "B", 24_000, 23_000))
# As torch 2.13 words it (c10/cuda/CUDACachingAllocator.cpp), with a limit and with other processes on the device.
FULL = (
    "CUDA out of memory. Tried to allocate {asked}. GPU 0 has a total capacity of 79.11 GiB of which {free} is free. "
    "Process 4711 has 70.00 GiB memory in use. Including non-PyTorch memory, this process has 1.90 GiB memory in use. "
    "2.00 GiB allowed; Of the allocated memory {held} is allocated by PyTorch, and 100.00 MiB is reserved by PyTorch but "
    "unallocated. If reserved but unallocated memory is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True."
)
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


# -- names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["auto", "cpu", "cuda", "cuda:0", "cuda:12"])
def test_names_of_devices(name: str) -> None:
    """What can be asked for: whatever there is, the CPU, all GPUs, or one of them."""
    assert device_name(name) == name


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:0", "cuda:1 ", "mps", "cuda:1234"])
def test_what_is_no_device(name: str) -> None:
    """Anything else is refused with the ways to say it."""
    with pytest.raises(
        argparse.ArgumentTypeError, match=r"is no device; give auto, cpu, cuda, or one GPU as in cuda:1$"
    ):
        device_name(name)


def test_kind_and_number() -> None:
    """A name has a kind, and perhaps a number."""
    assert [(kind_of(name), index_of(name)) for name in ("cpu", "cuda", "cuda:11")] == [
        ("cpu", None), ("cuda", None), ("cuda", 11),
    ]  # fmt: skip


# -- how many jobs have room -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "count", "slots"),
    [
        ("cuda", 5, ("cuda:0", "cuda:1", "cuda:0", "cuda:1", "cuda:0")),
        ("auto", 2, ("cuda:0", "cuda:1")),
        ("cuda:1", 3, ("cuda:1", "cuda:1", "cuda:1")),
        ("cpu", 3, ("cpu", "cpu", "cpu")),
    ],
)
def test_jobs_are_spread(wanted: str, count: int, slots: tuple[str, ...]) -> None:
    """Job k computes on device k modulo their number; a device that is named has all of them."""
    assert plan_jobs(wanted, count, TWO, NEED) == Plan(slots)


def test_room_is_of_what_is_free() -> None:
    """What others use of a device now, and a twentieth of it, is not ours; what is left is counted in whole jobs."""
    assert room_for_jobs(Device(0, "A", 20_000, 16_000), 5_000) == 3
    assert room_for_jobs(Device(0, "A", 20_000, 15_999), 5_000) == 2
    assert room_for_jobs(Device(0, "A", 20_000, 500), 5_000) == 0


def test_full_device_is_passed_over() -> None:
    """A device with less room gets fewer jobs; when all are full there are fewer than were asked for, and that is said."""
    plan = plan_jobs("cuda", 8, (Device(0, "A", 8_000, 6_000), *TWO[1:]), NEED)
    assert plan.slots == ("cuda:0", "cuda:1", "cuda:1", "cuda:1", "cuda:1")
    assert devices_in_words(plan) == (
        "cuda:0 (1 job), cuda:1 (4 jobs); 5 jobs instead of 8: no more find room on cuda:0, cuda:1"
    )


def test_no_room_at_all() -> None:
    """Where no job fits, `auto` takes the CPU and says why; who asked for CUDA is told what is missing."""
    small = (Device(0, "A", 4_000, 3_900),)
    assert plan_jobs("auto", 2, small, NEED) == Plan(
        ("cpu", "cpu"), why_cpu="has no room: cuda:0 has 3,900 of 4,000 MiB free, and a job takes 5,000"
    )
    with pytest.raises(
        UsageError, match=r"^--device cuda: cuda:0 has 3,900 of 4,000 MiB free, and a job takes 5,000\. "
    ):
        plan_jobs("cuda", 2, small, NEED)


def test_no_device() -> None:
    """Without a GPU `auto` is the CPU, no fallback worth a word; CUDA, or a GPU that is not there, is refused."""
    assert plan_jobs("auto", 2, (), NEED) == Plan(("cpu", "cpu"))
    with pytest.raises(
        UsageError, match=r"^--device cuda: torch finds no CUDA device here\. Use --device cpu, or auto\.$"
    ):
        plan_jobs("cuda", 2, (), NEED)
    with pytest.raises(UsageError, match=r"^--device cuda:2: there is no such device here; there is cuda:0, cuda:1\.$"):
        plan_jobs("cuda:2", 2, TWO, NEED)


@pytest.mark.parametrize(("name", "workers"), [("classifier", 2), ("cnn", 4), ("derivations", 1)])
def test_room_of_a_job(name: str, workers: int) -> None:
    """A job takes room for all workers that one submission may have at a time, each with its context."""
    assignment = Assignment(ROOT, name)
    assert workers_at_once(assignment) == workers
    assert job_mib(assignment) == workers * (assignment.memory_limit_mib + devices.CONTEXT_MIB)


def test_slot_of_a_job_that_died() -> None:
    """A job that takes the place of another has its slot."""
    assert [free_slot(3, taken) for taken in ((), (0, 1), (0, 2))] == [0, 2, 1]


@pytest.mark.parametrize(
    ("device", "visible", "expected"),
    [
        ("cuda:1", None, "1"),
        ("cuda:1", "2,3", "3"),
        ("cuda:0", "GPU-8a1f, GPU-77c0", "GPU-8a1f"),
        ("cuda", "2,3", ""),
        ("cpu", None, ""),
    ],
)
def test_worker_sees_its_device_only(device: str, visible: str | None, expected: str) -> None:
    """The numbers count what CUDA_VISIBLE_DEVICES of the run lets through, by number or by name."""
    assert visible_device(device, {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}) == expected


def test_reading_what_was_found() -> None:
    """The fresh interpreter tells in its last line; a name is made harmless like any text from outside."""
    told = b'a warning of some library\n[["NVIDIA H100\\u001b[2J", 81000, 80000], ["B", 100, 90]]\n'
    first, second = read_devices(told)
    assert (first.index, "\x1b" in first.name, first.total_mib, first.free_mib) == (0, False, 81_000, 80_000)
    assert second == Device(1, "B", 100, 90)


def test_what_doctor_says_of_devices() -> None:
    """Each device with its memory, and where the jobs of each assignment would go."""
    devices_with_room = (Device(0, "NVIDIA H100", 81_559, 80_000), Device(1, "NVIDIA T4", 15_360, 9_000))
    assert devices_report(devices_with_room, 4, {"small": 5_000, "large": 11_000}) == [
        "GPUs:",
        "  cuda:0  NVIDIA H100: 80,000 of 81,559 MiB are free",
        "  cuda:1  NVIDIA T4: 9,000 of 15,360 MiB are free",
        "`--device auto` and `--device cuda`, with --jobs 4:",
        "  small: cuda:0 (3 jobs), cuda:1 (1 job); a job takes 5,000 MiB",
        "  large: cuda:0 (4 jobs); a job takes 11,000 MiB",
    ]


def test_doctor_without_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none, and where torch can't use the one there is, that is said."""
    monkeypatch.setattr(devices, "has_cuda_device", lambda: False)
    assert devices_report((), 4, {}) == ["GPUs: none. `--device auto` takes the CPU."]
    monkeypatch.setattr(devices, "has_cuda_device", lambda: True)
    (line,) = devices_report((), 4, {})
    assert line.startswith("GPUs: an NVIDIA device is here, but this torch can't use it.")


# -- what an error of the device means -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "held", "found"),
    [
        ("512.00 MiB", "1.75 GiB", (1792, 512)),
        ("20.00 GiB", "512 bytes", (0, 20480)),
        ("20.00 MiB", "30.50 MiB", None),  # others have filled it
    ],
)
def test_memory_over_the_limit(asked: str, held: str, found: tuple[int, int] | None) -> None:
    """Of torch's message: it is the code's own doing if what it held and what it asked for exceed its limit."""
    assert over_the_limit(FULL.format(asked=asked, held=held, free="9.00 MiB"), 2048) == found


def test_no_message_about_memory() -> None:
    """Another message says nothing of the limit, whatever numbers are in it."""
    assert over_the_limit("Tried to allocate 20.00 GiB", 2048) is None


OTHERS_FULL = FULL.format(asked="20.00 MiB", held="30.50 MiB", free="9.00 MiB")


@pytest.mark.parametrize(
    ("error", "begins"),
    [
        (DeviceError("could not be used: no driver"), "could not be used: no driver"),
        (StudentCodeRaised("OutOfMemoryError", OTHERS_FULL), "was full, though"),
        (
            StudentCodeRaised("AcceleratorError", "CUDA error: uncorrectable ECC error encountered"),
            "does not suit this code",
        ),
        (
            StudentCodeRaised("TypeError", "can't convert cuda:0 device type tensor to numpy."),
            "does not suit this code",
        ),
        (
            StudentCodeRaised("RuntimeError", "Expected all tensors to be on the same device, but"),
            "does not suit this code",
        ),
        (StudentCodeRaised("RuntimeError", "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "does not suit this code"),
    ],
)
def test_trouble(error: Exception, begins: str) -> None:
    """Every error of a device, and of code that was written for the CPU, is a reason to run the check there."""
    assert trouble_of(error).startswith(begins)


@pytest.mark.parametrize(
    "error",
    [
        None,
        CheckFailed("dW is not what it should be"),
        StudentCodeRaised("RuntimeError", "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"),
        WorkerCrashed("Your code held 1 MiB of the GPU's memory and asked for 9,000 MiB more"),
        RuntimeError("CUDA"),
    ],
)
def test_no_trouble(error: Exception | None) -> None:
    """What has nothing to do with a device stands as it is."""
    assert trouble_of(error) == ""


def test_process_that_died() -> None:
    """A process that a signal ended may have died of the driver; one that used up its processor time has not."""
    signalled = WorkerCrashed("Your code's process was ended by SIGSEGV.")
    signalled.by_signal = "SIGSEGV"
    assert trouble_of(signalled).startswith("was in use when the process")
    signalled.by_signal = "SIGXCPU"
    assert trouble_of(signalled) == ""
    assert trouble_of(WorkerTimedOut("Your code gave no answer within 5 s.")).startswith(
        "was in use when this code gave"
    )


def test_what_is_said_of_trouble_is_ours() -> None:
    """Nothing of an exception's text is in the flag: it may hold what a hidden check was called with."""
    for text in ("CUDA error: 0.3141, 0.2718", FULL.format(asked="3141.00 MiB", held="1.00 MiB", free="1 bytes")):
        assert "31" not in trouble_of(StudentCodeRaised("RuntimeError", text))


def test_placement_by_exercise() -> None:
    """An exercise that gets into trouble goes on on the CPU, whenever it has its turn; the others stay on the device."""
    error, placement = StudentCodeRaised("TypeError", "can't convert cuda:1 device type tensor"), Placement("cuda:1")
    placement.enter("one")
    assert (placement.leave_after(error), placement.leave_after(error), placement.device) == (True, False, CPU)
    assert (placement.enter("two"), placement.device, placement.leave_after(None)) == (True, "cuda:1", False)
    assert (placement.enter("two"), placement.enter("one"), placement.device) == (False, True, CPU)
    assert placement.told == "cpu, cuda:1"
    assert placement.flags == (
        Flag("graded_on_cpu", "cuda:1", "does not suit this code, which raised an error about devices (one)"),
    )
    placement.next_submission()
    assert (placement.device, placement.told, placement.flags) == ("cuda:1", "cuda:1", ())


def test_submission_without_a_device() -> None:
    """Where the device could not be used, nothing more of the submission is tried there."""
    placement = Placement("cuda:1")
    placement.enter("one")
    assert placement.leave_after(DeviceError("could not be used: it is gone"))
    assert (placement.enter("two"), placement.leave_after(None), placement.told) == (False, False, CPU)
    assert placement.flags == (Flag("graded_on_cpu", "cuda:1", "could not be used: it is gone"),)


def after(error: Exception, submissions: int) -> Placement:
    """A placement after so many submissions that ended so."""
    placement = Placement("cuda:0")
    for _ in range(submissions):
        placement.next_submission()
        placement.enter("one")
        placement.leave_after(error)
        placement.end_submission()
    placement.next_submission()
    return placement


def test_lost_device_is_not_tried_for_ever() -> None:
    """After two submissions in a row at which the device could not be used, the job stays on the CPU and says so of each."""
    lost = DeviceError("could not be used: it is gone")
    assert (after(lost, 1).device, after(lost, 1).flags) == ("cuda:0", ())
    assert (after(lost, 2).device, [flag.detail for flag in after(lost, 2).flags]) == (CPU, [str(lost)])


def test_students_errors_do_not_lose_a_device() -> None:
    """However many submissions raise errors of devices, the next one still has it."""
    assert after(StudentCodeRaised("RuntimeError", "CUDA error"), 9).device == "cuda:0"


# -- on a device that is not there -----------------------------------------------------------------------------------------

MANIFEST = """
title = "Doubles"
memory_limit_mib = 1024
[[exercise]]
name = "double"
title = "double"
file = "double.py"
defines = ["double"]
"""
RUBRIC = '''
import pytest
import torch
pytestmark = pytest.mark.exercise("double")


@pytest.mark.points(2)
def test_two(submission):
    """Twice two is four."""
    assert float(submission.double(torch.tensor([2.0]))) == 4


@pytest.mark.points(3)
def test_three(submission):
    """Twice three is six."""
    assert float(submission.double(torch.tensor([3.0]))) == 6


@pytest.mark.needs_cuda
def test_on_a_gpu(submission):
    """A GPU comes to the same."""
    assert float(submission.double(torch.tensor([4.0]))) == 8
'''
# A torch that can't be told from one on a GPU that is asked for its numbers
NUMPY = "import torch\ndef double(x):\n    return torch.from_numpy(2 * x.numpy())\n"
ONE_OOM = f"""
def double(x):
    if x.device.type != "cpu":
        raise RuntimeError({FULL.format(asked="3.00 GiB", held="1.00 GiB", free="60.00 GiB")!r})
    return 2 * x
"""


@pytest.fixture
def doubles(tmp_path: Path) -> Assignment:
    """An assignment of one exercise, with a check for GPUs."""
    folder = tmp_path / "course/assignments/doubles"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "README.md").write_text("# Doubles\n", encoding="utf-8")
    (folder / "double.py").write_text("def double(x):\n    raise NotImplementedError\n", encoding="utf-8")
    (folder / "test_double.py").write_text(RUBRIC, encoding="utf-8")
    for module in [name for name in sys.modules if name.startswith("assignments.doubles")]:
        del sys.modules[module]  # of another test's course, under the same name
    return Assignment(tmp_path / "course", "doubles")


@pytest.fixture
def grade_on(doubles: Assignment, zygote: Launcher, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Grade]]:
    """Grades submissions on a device; `meta` stands for one: torch makes tensors there, and has no numbers of them."""
    monkeypatch.setattr(devices, "_NAME", re.compile(r"meta:0|cuda:\d+|cpu"))
    monkeypatch.setitem(compare._DEVICE_FACTOR, "meta", 10.0)

    def grade(device: str, *codes: str, why_cpu: str = "") -> list[Grade]:
        grades: list[Grade] = []
        submissions = [make_submission(f"s{place}", {"double.py": code}) for place, code in enumerate(codes)]
        settings = Settings(device, why_cpu=why_cpu)
        grade_each(doubles, submissions, grades.append, settings=settings, launcher=zygote)
        return grades

    return grade


def outcomes(grade: Grade) -> list[Outcome]:
    return [check.outcome for check in grade.checks]


RIGHT = "def double(x):\n    return 2 * x\n"
WRONG = "def double(x):\n    return 2 * x + (x > 2.5)\n"


def test_device_that_is_lost(grade_on: Callable[..., list[Grade]]) -> None:
    """A device that can't be used costs nobody anything: the same verdicts on the CPU, a flag, and no grader error."""
    right, wrong, third = grade_on("cuda:99", RIGHT, WRONG, RIGHT)
    assert [grade.status for grade in (right, wrong, third)] == [Status.GRADED] * 3
    assert [int(grade.score) for grade in (right, wrong, third)] == [5, 2, 5]
    for grade in (right, wrong, third):
        assert grade.environment["device"] == "cpu"
        (flag,) = grade.flags
        assert (flag.kind, flag.where) == ("graded_on_cpu", "cuda:99")
        assert flag.detail.startswith("could not be used: ")


def test_code_for_the_cpu(grade_on: Callable[..., list[Grade]]) -> None:
    """Code that asks a device's tensor for NumPy's array is right code: it is graded on the CPU, and that is said."""
    (grade,) = grade_on("meta:0", NUMPY)
    assert outcomes(grade) == [Outcome.PASSED, Outcome.PASSED, Outcome.SKIPPED]
    why = "does not suit this code, which raised an error about devices (double)"
    assert (grade.environment["device"], grade.flags) == ("cpu", (Flag("graded_on_cpu", "meta:0", why),))


def test_too_much_memory_of_a_device(grade_on: Callable[..., list[Grade]]) -> None:
    """Code that wants more of a device than it may have is told so in figures, and it is no error of the grader's."""
    (grade,) = grade_on("meta:0", ONE_OOM)
    assert (grade.status, grade.flags, grade.environment["device"]) == (Status.GRADED, (), "meta:0")
    assert outcomes(grade)[:2] == [Outcome.CRASHED, Outcome.CRASHED]
    (first, *_) = grade.checks
    assert first.evidence is not None
    assert first.evidence.summary == (
        "Your code held 1,024 MiB of the GPU's memory and asked for 3,072 MiB more; the limit is 1,024 MiB, so it was stopped."
    )
    assert first.hint == "Does a list or a tensor grow in a loop? Is a tensor larger than its docstring says?"
    assert first.evidence.location is not None


def test_cpu_that_auto_chose(grade_on: Callable[..., list[Grade]]) -> None:
    """Where a GPU is there and `auto` could not use it, every grade says why."""
    (grade,) = grade_on("cpu", RIGHT, why_cpu="has no room: cuda:0 has 1 of 2 MiB free, and a job takes 3")
    assert grade.environment["device"] == "cpu"
    assert grade.flags == (Flag("graded_on_cpu", "cuda", "has no room: cuda:0 has 1 of 2 MiB free, and a job takes 3"),)


def test_graded_again_on_another_device(grade_on: Callable[..., list[Grade]]) -> None:
    """When checks are graded again, the flag is that of the new run: gone with the device, or come with it."""
    (on_device,) = grade_on("meta:0", NUMPY)
    (on_cpu,) = grade_on("cpu", NUMPY)
    named = {("double", "two")}
    assert [flag.kind for flag in merge(on_device, on_cpu, named).flags] == []
    assert [flag.kind for flag in merge(on_cpu, on_device, named).flags] == ["graded_on_cpu"]


def test_cpu_says_nothing(grade_on: Callable[..., list[Grade]]) -> None:
    """Who grades on the CPU hears nothing of devices; the check for GPUs is skipped and worth nothing."""
    (grade,) = grade_on("cpu", RIGHT)
    assert (grade.environment["device"], grade.flags, int(grade.points)) == ("cpu", (), 5)
    assert outcomes(grade) == [Outcome.PASSED, Outcome.PASSED, Outcome.SKIPPED]


def test_check_for_gpus_carries_no_points(doubles: Assignment, zygote: Launcher) -> None:
    """A rubric in which a score would depend on the machine is refused, with the check and the way out."""
    rubric = doubles.folder / "test_double.py"
    rubric.write_text(RUBRIC.replace("@pytest.mark.needs_cuda", "@pytest.mark.needs_cuda\n@pytest.mark.points(1)"))
    with pytest.raises(
        CourseError, match=r"check 'test_on_a_gpu': a check that needs_cuda carries no points, or a score"
    ):
        grade_each(doubles, [], lambda grade: None, settings=Settings(CPU), launcher=zygote)


def test_jobs_have_slots(doubles: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs compute on the devices of their slots; where these turn out to be none, everybody has the grade of the CPU."""
    monkeypatch.setattr(
        jobs, "devices_for", lambda wanted: (Device(97, "A", 24_000, 24_000), Device(98, "B", 24_000, 24_000))
    )
    grades: list[Grade] = []
    submissions = [make_submission(f"s{place}", {"double.py": RIGHT}) for place in range(6)]
    with closing(jobs.Jobs(doubles, 2, Settings("cuda"))) as running:
        assert running.devices == "cuda:97 (1 job), cuda:98 (1 job)"
        running.grade_all(submissions, grades.append)
    assert [(grade.status, int(grade.score)) for grade in grades] == [(Status.GRADED, 5)] * 6
    assert {flag.where for grade in grades for flag in grade.flags} == {"cuda:97", "cuda:98"}


def test_in_process_device_is_the_codes_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Student code in this process makes tensors on its device, and the rubric goes on to make its own on the CPU."""
    from grader.isolation.workers import InProcess
    from grader.untrusted import wire

    worker = InProcess()
    code = "import torch\ndef where(): return torch.ones(1).device.type\n"
    for request in (wire.Load([("code.py", code)], "", "meta", True, [], False), wire.Find("where", "code.py")):
        answer = worker.ask(request, [], 0.0, lambda handle: handle)
        assert torch.ones(1).device.type == "cpu"
    assert isinstance(answer, wire.HandleValue)
    assert worker.ask(wire.Call(answer.number, [], []), [], 0.0, lambda handle: handle) == "meta"
    worker.close()
    torch.set_deterministic_debug_mode("default")


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
@pytest.mark.parametrize("wanted", ["auto", "cuda"])
def test_device_that_does_not_work_behind_the_walls(
    doubles: Assignment, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    """Found out by the self-test of the run: `auto` goes to the CPU and says so in every grade, `cuda` is refused."""
    monkeypatch.setattr(jobs, "devices_for", lambda wanted: TWO)
    monkeypatch.setattr(isolation, "has_cuda_device", lambda: True)
    grades: list[Grade] = []
    with closing(jobs.Jobs(doubles, 2, Settings(wanted, best_isolation=Level.PROCESS))) as running:
        if wanted == "cuda":
            with pytest.raises(
                UsageError, match=r"cuda:0 does not work in a worker: \w+: .*\nThis was tried with a GPU; --device cpu"
            ):
                running.isolation()
            return
        running.grade_all([make_submission("ada", {"double.py": RIGHT})], grades.append)
        assert running.devices == "cpu; the GPU does not work behind the walls of this machine"
    assert [(int(grade.score), grade.environment["device"]) for grade in grades] == [(5, "cpu")]
    assert grades[0].flags == (Flag("graded_on_cpu", "cuda", "does not work behind the walls of this machine"),)


def test_students_own_run(
    doubles: Assignment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a student's own run too the CPU takes the place of a device that does not suit the code; a line says so."""
    (doubles.folder / "double.py").write_text(NUMPY, encoding="utf-8")
    monkeypatch.setattr(devices, "resolve_device", lambda wanted: "meta:0")
    monkeypatch.setitem(compare._DEVICE_FACTOR, "meta", 10.0)
    options = ["-p", "no:cacheprovider", "--rootdir", str(doubles.course_root), "-c", os.devnull]
    assert pytest.main([str(doubles.folder), "--import-mode=importlib", *options]) == 0
    told = capsys.readouterr().out
    assert "On the CPU: meta:0 does not suit this code, which raised an error about devices (double)." in told
    assert "2 passed, 1 skipped" in told


def test_every_gpu_is_let_through_the_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """With CUDA the nodes of all devices may be used, and the driver may read what it looks for; else neither."""
    monkeypatch.setattr(walls, "_NVIDIA", ("nul[k-m]", "zer?"))
    with_gpus, without = (walls.way_to(Level.KERNEL, cuda=cuda) for cuda in (True, False))
    if isinstance(with_gpus, str) or isinstance(without, str):
        pytest.skip(str(with_gpus))
    assert with_gpus.walls.devices == ["/dev/null", "/dev/null", "/dev/zero"]
    assert set(with_gpus.walls.readable) - set(without.walls.readable) == set(walls._CUDA_FILES)
    assert without.walls.devices == ["/dev/null"]


SETTINGS = """
import os, torch
def double(x):
    cuda, cudnn = torch.backends.cuda, torch.backends.cudnn
    return [
        cuda.matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic,
        torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled(),
        os.environ["CUBLAS_WORKSPACE_CONFIG"], os.environ["CUDA_VISIBLE_DEVICES"], torch.ones(1).device.type, x.device.type,
    ]
"""


def test_worker_computes_exactly_and_repeatably(doubles: Assignment, zygote: Launcher) -> None:
    """On a device TF32 is off and algorithms are deterministic; the worker sees its own device, and tensors are made there."""
    session = Session(make_submission("ada", {"double.py": SETTINGS}), doubles, zygote, "meta:3")
    session.begin(1, 5.0)
    assert Names(session).double(torch.ones(1)) == [
        *(False, False, False, True), *(True, True), *(":4096:8", "3"), *("meta", "meta"),
    ]  # fmt: skip
    session.close()


def testlimits_of_a_worker_on_a_device(doubles: Assignment) -> None:
    """CUDA's own libraries and threads on the machine are not the student's."""
    on_cpu, on_cuda = (limits_of(doubles, cuda=cuda) for cuda in (False, True))
    assert (on_cpu.memory_mib, on_cpu.cuda, on_cuda.cuda) == (1024, False, True)
    assert on_cuda.memory_mib >= 1024 + 2048
    assert on_cuda.threads > on_cpu.threads


# -- no context before the fork --------------------------------------------------------------------------------------------

NO_CONTEXT = """
import sys, torch
def refuse(*_): raise SystemExit("a device was asked for")
torch.cuda._lazy_init = refuse
for name in ("_cuda_init", "_cuda_getDeviceCount", "_cuda_getDevice"):
    setattr(torch._C, name, refuse)
torch.cuda.is_available = torch.cuda.device_count = refuse
from grader.untrusted import host, zygote
from grader.untrusted.preload import preload
zygote._import_what_workers_import_late()
preload(sys.argv[1:])
print("none")
"""


def test_zygote_asks_for_no_device() -> None:
    """All that happens before a worker is forked leaves the driver alone: a child of a process with a context has none."""
    modules = {
        name for manifest in (ROOT / "assignments").iterdir() for name in Assignment(ROOT, manifest.name).preload
    }
    run = subprocess.run(
        [sys.executable, "-c", NO_CONTEXT, *sorted(modules)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (run.stdout, run.returncode) == ("none\n", 0), run.stderr


def test_grader_imports_without_a_device() -> None:
    """The coordinator and its jobs import what they need without asking the driver for anything."""
    code = NO_CONTEXT.replace(
        "from grader.untrusted import host, zygote\n", "import grader.grading.batch, grader.grading.grade\n"
    )
    code = re.sub(r"from grader.untrusted.preload.*\n.*\n.*\n", "", code)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (run.stdout, run.returncode) == ("none\n", 0), run.stderr


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
@pytest.mark.parametrize("wanted", ["cuda", "cuda:1"])
def test_asked_for_a_device_that_is_not_here(wanted: str) -> None:
    """Both ways to begin a run refuse a GPU that is not here, in the same words."""
    for refuse in (resolve_device, require_device):
        with pytest.raises(UsageError, match=rf"^--device {wanted}: torch finds no CUDA device here\."):
            refuse(wanted)


def test_share_of_a_device() -> None:
    """The limit in MiB is a part of whatever the device has, never more than all."""
    assert host._share(2048, 8 * 2**30) == 0.25
    assert host._share(2048, 2**30) == 1.0


# -- on a GPU, where there is one ------------------------------------------------------------------------------------------

HUNGRY = "import torch\ndef double(x):\n    kept = torch.ones(3, 2**28)\n    return 2 * x\n"


@needs_gpu
def test_devices_are_found() -> None:
    """The fresh interpreter sees what torch sees here, and leaves no context behind in this process."""
    assert [str(device) for device in devices_here()] == [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    assert all(0 < device.free_mib <= device.total_mib for device in devices_here())


@needs_gpu
def test_walls_let_cuda_through() -> None:
    """At the best level of this machine a worker can compute on the device."""
    with closing(Isolated(device="cuda:0")) as launcher:
        launcher.verify()
        assert self_test(launcher.launcher, device="cuda:0")["files"] is False


@needs_gpu
def test_grading_on_a_gpu(doubles: Assignment) -> None:
    """The check for GPUs runs; code over the limit is told so; nobody has to go to the CPU."""
    grades: dict[str, Grade] = {}
    submissions = [make_submission(name, {"double.py": code}) for name, code in (("right", RIGHT), ("hungry", HUNGRY))]
    with closing(jobs.Jobs(doubles, 2, Settings("cuda"))) as running:
        running.grade_all(submissions, lambda grade: grades.update({grade.student: grade}))
    assert outcomes(grades["right"]) == [Outcome.PASSED] * 3
    assert outcomes(grades["hungry"]) == [Outcome.CRASHED] * 3
    assert [grade.flags for grade in grades.values()] == [(), ()]


@needs_gpu
@pytest.mark.parametrize("name", ["classifier", "training", "cnn"])
def test_model_answer_on_a_gpu(name: str) -> None:
    """The model answer passes every check on a GPU too, at the tolerances that hold there; what is NumPy's, on the CPU."""
    from grader.course.catalogue import reference_files

    assignment = Assignment(ROOT, name)
    grades: list[Grade] = []
    with closing(jobs.Jobs(assignment, 1, Settings("cuda:0"))) as running:
        running.grade_all([make_submission("model", reference_files(assignment))], grades.append)
    (grade,) = grades
    assert [check.name for check in grade.checks if check.outcome not in (Outcome.PASSED, Outcome.SKIPPED)] == []
    assert "cuda:0" in grade.environment["device"]
    assert {flag.kind for flag in grade.flags} <= {"graded_on_cpu"}
