"""Imports, once, what every process needs that grades: a server imports this module, and forks them.

Nothing is run: of torch, only what has computed nothing can be forked safely.
"""

from __future__ import annotations

import gc

gc.disable()  # an import leaves little garbage, and to look for it takes a tenth of the time

import grader.compare  # noqa: E402
import grader.data  # noqa: E402
import grader.grading.grade  # noqa: E402
import grader.isolation.self_test  # noqa: E402
import grader.numbers  # noqa: E402, F401

gc.enable()
gc.freeze()  # what is imported stays: to look through it again would copy every page of it into every process
