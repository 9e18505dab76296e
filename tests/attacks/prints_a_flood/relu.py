# kind = "deny"
# does = "prints without end"
# exercise = "relu"
# outcome = "timed_out"
# score = 0

class ReLU:
    def forward(self, x):
        while True:
            print("flood " * 1000)
