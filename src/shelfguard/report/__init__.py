"""What people read after a scan: the report page, seller notices and explanations."""
