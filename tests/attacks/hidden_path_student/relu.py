# kind = "inject"
# does = "is handed in under a name that looks like a path"
# exercise = "relu"
# outcome = "failed"
# score = 0
# student = "..\\..\\{{word}}%2e%2e%2f"

class ReLU:
    def forward(self, x):
        return x
