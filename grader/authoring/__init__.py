"""For those who write assignments: begin one, prove it right, record and measure what its checks need."""
