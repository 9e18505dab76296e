# kind = "forge"
# does = "hands in modules named torch, numpy, grader, untrusted and random"
# exercise = "relu"
# score = 0
# names = { "random_of_mine.txt" = "random.py", "torch_of_mine.txt" = "torch.py", "numpy_of_mine.txt" = "numpy.py", "pytest_of_mine.txt" = "pytest.py", "grader_of_mine.txt" = "grader/__init__.py", "untrusted_of_mine.txt" = "untrusted/__init__.py", "wire_of_mine.txt" = "untrusted/wire.py", "compare_of_mine.txt" = "grader/compare.py" }

import grader
import numpy
import pytest
import random
import torch
import untrusted
