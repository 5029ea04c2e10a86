"""Super-resolution of low-quality pictures with Keras 3."""

__version__ = "0.1.0"
