# kind = "deny"
# does = "has attributes that never come, and one for every name"
# exercise = "linear"
# outcome = "timed_out"
# score = 0

class Linear:
    def __init__(self, *args):
        pass

    def __getattr__(self, name):
        while True:
            pass
