# kind = "deny"
# does = "starts two hundred threads"
# exercise = "relu"
# score = 0

import threading
import time


class ReLU:
    def forward(self, x):
        for _ in range(200):
            threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        time.sleep(5)
