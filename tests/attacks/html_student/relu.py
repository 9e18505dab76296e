# kind = "inject"
# does = "is handed in under a name with HTML"
# exercise = "relu"
# outcome = "failed"
# score = 0
# student = "<img src=x onerror={{word}}>&amp;\"'"

class ReLU:
    def forward(self, x):
        return x
