# kind = "leak"
# does = "sends what it knows in the name that it looks up"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]
# quiet = true

import socket

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        try:
            socket.gethostbyname("localhost")
        except socket.gaierror:
            raise RuntimeError("no names") from None
        raise RuntimeError(BREACH)
