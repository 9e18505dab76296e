"""Run by the interpreter of otter's environment: grade notebooks one after the other, write which test cases passed.

Arguments: the assignment's autograder.zip, the file to write, the notebooks.
"""

import json
import sys
from pathlib import Path

from otter.api import grade_submission

autograder, out, *notebooks = sys.argv[1:]
verdicts = {}
for notebook in notebooks:
    results = grade_submission(notebook, autograder, quiet=True)
    files = [results.get_result(name) for name in results.test_files]
    verdicts[Path(notebook).stem] = {
        case.test_case.name: case.passed for file in files for case in file.test_case_results
    }
Path(out).write_text(json.dumps(verdicts), encoding="utf-8")
