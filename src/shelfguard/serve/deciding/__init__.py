"""From requests to decisions: micro-batches in two lanes, with deadlines that hold."""
