"""Run by the interpreter of nbgrader's environment: print which test cells got all their points, by student, as JSON.

Arguments: the gradebook, the assignment.
"""

import json
import sys

from nbgrader.api import Gradebook

path, assignment = sys.argv[1:]
with Gradebook(f"sqlite:///{path}") as book:
    verdicts = {
        submission.student.id: {
            grade.name: grade.auto_score == grade.max_score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
        for submission in book.assignment_submissions(assignment)
    }
print(json.dumps(verdicts))
