from .deep.inner import greeting

__all__ = ["greeting"]
