# kind = "inject"
# does = "is handed in under a name that spreadsheets compute"
# exercise = "relu"
# outcome = "failed"
# score = 0
# student = "=HYPERLINK(\"x\",\"{{word}}\")"

class ReLU:
    def forward(self, x):
        return x
