# kind = "deny"
# does = "hangs when its objects are thrown away"
# exercise = "relu"
# outcome = "timed_out"
# score = 0

class Endless:
    def __del__(self):
        while True:
            pass


class ReLU:
    def forward(self, x):
        self.__class__.kept = Endless()
        self.__class__.kept = None
        return x
