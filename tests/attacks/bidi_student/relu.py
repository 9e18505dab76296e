# kind = "inject"
# does = "is handed in under a name that turns the writing direction around"
# exercise = "relu"
# outcome = "failed"
# score = 0
# student = "a‮gnp.{{word}}​⁦"

class ReLU:
    def forward(self, x):
        return x
