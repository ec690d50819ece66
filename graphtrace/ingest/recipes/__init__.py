"""Recipes: named file formats, how each is recognised and which events its rows state."""
