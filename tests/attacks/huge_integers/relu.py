# kind = "deny"
# does = "returns and prints integers of a million digits"
# exercise = "relu"
# outcome = "failed"
# score = 0

class ReLU:
    def forward(self, x):
        print(hex(10**1000000)[:10])
        return 10**1000000
