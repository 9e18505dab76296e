# kind = "forge"
# does = "raises NotImplementedError from written code, to look like a skeleton that costs nothing"
# exercise = "relu"
# outcome = "raised"
# score = 0

class ReLU:
    def forward(self, x):
        self.x = x
        raise NotImplementedError
