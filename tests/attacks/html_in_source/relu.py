from markup import forward


class ReLU:
    forward = forward
