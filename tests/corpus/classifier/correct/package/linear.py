from classifier_parts.layers.dense import Linear
