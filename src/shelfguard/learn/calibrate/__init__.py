"""From scores to probabilities, thresholds and review hours."""
