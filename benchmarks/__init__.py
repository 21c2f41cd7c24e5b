"""Speed, memory and quality of the scan next to the tools that one would use instead."""
