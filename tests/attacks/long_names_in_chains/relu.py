class ReLU:
    def forward(self, x):
        return x
