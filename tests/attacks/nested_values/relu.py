# kind = "deny"
# does = "returns values nested without end, and values that hold themselves"
# exercise = "relu"
# outcome = "raised"
# score = 0

class ReLU:
    def forward(self, x):
        value = []
        for _ in range(100000):
            value = [value]
        value[0].append(value)
        return value
