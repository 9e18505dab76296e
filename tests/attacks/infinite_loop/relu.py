# kind = "deny"
# does = "loops for ever in a function"
# exercise = "relu"
# outcome = "timed_out"
# score = 0

class ReLU:
    def forward(self, x):
        while True:
            pass
