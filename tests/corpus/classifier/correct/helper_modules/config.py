LAYERS = [("fc1", 784, 120), ("fc2", 120, 256), ("fc3", 256, 10)]
LEARNING_RATE = 1e-3
VERBOSE = True
