# kind = "deny"
# does = "grows a list without end, up to 3 GB"
# exercise = "relu"
# score = 0

class ReLU:
    def forward(self, x):
        kept = []
        for _ in range(60):
            kept.append(bytearray(b"x") * (50 * 2**20))
        return x
