"""Drawings of answers as SVG: made here, shown by pages and notebooks, printed as they are. They need no script."""
