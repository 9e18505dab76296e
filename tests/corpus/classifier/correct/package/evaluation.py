import classifier_parts.metrics as metrics

accuracy = metrics.accuracy
accuracy_per_class = metrics.recall
