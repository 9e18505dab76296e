# kind = "inject"
# does = "raises different exceptions with tables and lists of thousands of rows in them"
# exercise = "relu"
# outcome = "raised"
# score = 0

class ReLU:
    def forward(self, x):
        raise ValueError("\n".join(f"| {number} | {{word}} |" for number in range(100000)))

    def backward(self, dz):
        return {f"{{word}}{number}": "\n" * 100 for number in range(2000)}
