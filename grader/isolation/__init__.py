"""Where student code runs: processes of their own behind the best walls of the machine, and what talks to them."""
