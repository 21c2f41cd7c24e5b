"""Running the engine over a whole catalog."""
