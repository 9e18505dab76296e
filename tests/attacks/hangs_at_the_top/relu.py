# kind = "deny"
# does = "loops for ever while its file is loaded"
# exercise = "relu"
# score = 0
# flag = "top_level_code"

while True:
    pass


class ReLU:
    def forward(self, x):
        return x
