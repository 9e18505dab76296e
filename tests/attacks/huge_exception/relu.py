# kind = "deny"
# does = "raises an exception with a text of a hundred million characters"
# exercise = "relu"
# outcome = "raised"
# score = 0

class ReLU:
    def forward(self, x):
        raise ValueError("x" * 10**8)
