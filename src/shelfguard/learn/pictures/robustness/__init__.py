"""Whether what is found in a picture is still found after what shops and sellers do to it."""
