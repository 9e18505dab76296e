from classifier_parts.layers import ReLU
