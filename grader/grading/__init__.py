"""From submissions to grades: one, a class on this machine or on a cluster, again after a change, or on every save."""
