"""Training, calibration and evaluation of a pack's models; needs the `learn` extra."""
