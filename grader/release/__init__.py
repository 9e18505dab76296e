"""What is handed out, and what grades it there: the bundle for students, the autograder, the check of a pull request."""
