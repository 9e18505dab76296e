# kind = "deny"
# does = "computes in thirty threads at once, to starve its neighbours"
# exercise = "relu"
# score = 0

import threading
import time

import torch


class ReLU:
    def forward(self, x):
        a = torch.randn(400, 400)


        def compute():
            while True:
                torch.mm(a, a)


        for _ in range(30):
            threading.Thread(target=compute, daemon=True).start()
        time.sleep(20)
