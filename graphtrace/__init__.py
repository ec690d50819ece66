"""graphtrace: who registered a bulk-sold IoT SIM card, through whose hands it went, and who used it."""

__version__ = "0.1.0"
