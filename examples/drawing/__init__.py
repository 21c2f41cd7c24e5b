"""Products drawn so that they pass for studio photographs."""
