"""Models of pictures: trained on the operator's own, measured on pictures they have not seen."""
