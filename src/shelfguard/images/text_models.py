"""The networks of PP-OCR that find and read text."""

from __future__ import annotations

from shelfguard.images.sources import ModelSource

ORIGIN = (
    "PaddlePaddle's PP-OCRv6 small, github.com/PaddlePaddle/PaddleOCR, converted by RapidAI; the "
    "wheel's MODEL_LICENSES.md names licence, upstream model and digest of each file"
)
INSTALL = "pip install --no-deps rapidocr==3.10.0"
"""Without OpenCV and what else the package's own code needs, 180 MB, which is not run."""

DETECTION = ModelSource(
    source="pkg:rapidocr/models/PP-OCRv6_det_small.onnx",
    sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    licence="Apache-2.0",
    origin=ORIGIN,
    install=INSTALL,
    is_default=True,
)
RECOGNITION = ModelSource(
    source="pkg:rapidocr/models/PP-OCRv6_rec_small.onnx",
    sha256="6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    licence="Apache-2.0",
    origin=ORIGIN,
    install=INSTALL,
    is_default=True,
)
GATE = ModelSource(
    source="pkg:shelfguard/images/text_gate.onnx",
    sha256="0" * 64,
    licence="Apache-2.0",
    origin="Shelfguard: benchmarks/train_text_gate.py",
    install="pip install --force-reinstall shelfguard",
    is_default=True,
)
