# kind = "inject"
# does = "is handed in under a name that begins with blanks before a formula"
# exercise = "relu"
# outcome = "failed"
# score = 0
# student = "\t@SUM({{word}})"

class ReLU:
    def forward(self, x):
        return x
