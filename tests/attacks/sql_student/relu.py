# kind = "inject"
# does = "is handed in under a name with SQL"
# exercise = "relu"
# outcome = "raised"
# score = 0
# student = "'); DROP TABLE grades; --{{word}}"

class ReLU:
    def forward(self, x):
        raise ValueError("'); DELETE FROM grades; --")
