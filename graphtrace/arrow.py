"""Conversion between numpy and Arrow without pyarrow's own functions, which import pandas if it is installed.

That import takes a quarter of a second, more than most questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa


def as_numpy(values: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    """Return numbers or truth values, read-only; contiguous numbers are not copied. A null has an arbitrary value."""
    import numpy as np
    import pyarrow as pa

    if not len(values):
        return np.zeros(0, dtype=_numpy_type(values.type))
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    data = whole.buffers()[1]
    part = slice(whole.offset, whole.offset + len(whole))
    if data is None:
        return np.zeros(0, dtype=_numpy_type(whole.type))
    if pa.types.is_boolean(whole.type):
        return _bits(data)[part]
    return np.frombuffer(data, dtype=_numpy_type(whole.type))[part]


_NUMPY_NAMES = {"halffloat": "float16", "float": "float32", "double": "float64"}


def _numpy_type(kind: pa.DataType) -> npt.DTypeLike:
    """Return the type of numbers or truth values. What pyarrow offers for it asks pandas, before version 26."""
    return _NUMPY_NAMES.get(str(kind), str(kind))


def valid_mask(values: pa.Array) -> npt.NDArray[np.bool_]:
    """Return a mask that is true for each value that is not null; shape: ``len(values)``."""
    import numpy as np

    marks = values.buffers()[0]
    if marks is None:
        return np.ones(len(values), dtype=np.bool_)
    return _bits(marks)[values.offset : values.offset + len(values)]


def _bits(packed: pa.Buffer) -> npt.NDArray[np.bool_]:
    import numpy as np

    return np.unpackbits(np.frombuffer(packed, dtype=np.uint8), bitorder="little").view(np.bool_)


def as_arrow(values: npt.NDArray[Any], is_known: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Return numbers or truth values as Arrow, null where ``is_known`` is false; the numbers are not copied."""
    import numpy as np
    import pyarrow as pa

    if values.dtype == np.bool_:
        kind, data = pa.bool_(), np.packbits(values, bitorder="little")
    else:
        kind, data = pa.from_numpy_dtype(values.dtype), np.ascontiguousarray(values)
    marks = None if is_known is None else pa.py_buffer(np.packbits(is_known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [marks, pa.py_buffer(data)])


def texts_as_arrow(texts: Sequence[str]) -> pa.StringArray:
    """Return texts as Arrow, none of them null."""
    import numpy as np
    import pyarrow as pa

    encoded = [text.encode() for text in texts]
    ends = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in encoded], out=ends[1:])
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))
