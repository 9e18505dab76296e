# kind = "deny"
# does = "ends its first thread and lets another one hold the process"
# exercise = "relu"
# score = 0

import ctypes
import threading
import time


class ReLU:
    def forward(self, x):
        threading.Thread(target=time.sleep, args=(9,)).start()
        ctypes.CDLL(None).pthread_exit(None)
