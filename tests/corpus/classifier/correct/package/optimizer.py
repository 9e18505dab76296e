from classifier_parts.learning import SGD as Optimizer
