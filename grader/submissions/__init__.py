"""What students hand in: files, notebooks, archives and whole inboxes, read as text and never executed."""
