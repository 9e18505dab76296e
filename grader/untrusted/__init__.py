"""The only code that may share a process with a student's. It imports nothing else of this project, and holds no secret."""
