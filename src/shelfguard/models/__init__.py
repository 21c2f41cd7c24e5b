"""Models at run time: weights resolved, verified and run, never trained."""
