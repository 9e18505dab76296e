# kind = "leak"
# does = "sends what it knows by a socket with an abstract name"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import socket

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(BREACH.encode(), "\0{{abstract}}")
        raise RuntimeError("sent")
