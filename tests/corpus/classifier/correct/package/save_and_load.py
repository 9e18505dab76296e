from classifier_parts.files import load, save
