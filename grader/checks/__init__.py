"""What a rubric is made of: stand-ins for student code, fixtures, traces, known mistakes, and the plugin for pytest."""
