"""In and out of learning management systems: what they let an instructor download, and what they take back."""
