"""The version of the package, for modules below its public names."""

__version__ = "0.1.0"
