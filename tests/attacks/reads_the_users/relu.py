# kind = "leak"
# does = "reads the list of this machine's users"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        text = open("/etc/passwd").read()
        raise RuntimeError(BREACH + text[:100])
