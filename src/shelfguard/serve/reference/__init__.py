"""The API reference at `/docs`: a page without scripts, made from the OpenAPI document."""
