"""What becomes of grades: kept for good, published, decided on, handed back, exported, compared with each other."""
