"""The part of `uzlib` that upip uses, which today's MicroPython no longer has."""

import deflate


def DecompIO(stream, wbits):  # noqa: N802 - the name upip calls
    """Reads a gzip stream; `wbits` is 16 plus the base-2 logarithm of the dictionary's size.

    `deflate` refuses distances beyond the dictionary, as the devices do.
    """
    return deflate.DeflateIO(stream, deflate.GZIP, wbits - 16)
