"""How good a model is, with intervals, on written and on real rows apart."""
