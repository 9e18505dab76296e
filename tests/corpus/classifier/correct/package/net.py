from classifier_parts.model import Net
