# kind = "inject"
# does = "prints and raises sequences that steer a terminal"
# exercise = "relu"
# outcome = "raised"
# score = 0

CODES = "\x1b[2J\x1b]0;{{word}}\x07\x1b]8;;http://x\x1b\\\x9b31m\x08\x08\r\x0c\x0b"


class ReLU:
    def forward(self, x):
        print(CODES)
        raise type("E" + CODES, (Exception,), {})(CODES)
