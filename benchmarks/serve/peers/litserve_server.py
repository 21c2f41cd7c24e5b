"""LitServe with its dynamic batching: python -m benchmarks.serve.peers.litserve_server PORT."""

import sys
from collections.abc import Sequence

import litserve
from starlette.responses import Response

from benchmarks.serve.peers.deciding import MOST, WINDOW, Decider, Listing


class Decisions(litserve.LitAPI):
    """Batches stay lists of listings, as there is no tensor to stack."""

    def setup(self, device: str) -> None:
        self._decider = Decider()

    def decode_request(self, request: litserve.Request) -> Listing:
        listing: Listing = request  # LitServe has read its JSON
        return listing

    def batch(self, inputs: Sequence[Listing]) -> Sequence[Listing]:
        return inputs

    def predict(self, x: Sequence[Listing]) -> list[bytes]:
        return self._decider.lines(x)

    def unbatch(self, output: list[bytes]) -> list[bytes]:
        return output

    def encode_response(self, output: bytes) -> Response:
        return Response(output, media_type="application/json")


if __name__ == "__main__":
    api = Decisions(max_batch_size=MOST, batch_timeout=WINDOW, api_path="/decide")
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1, fast_queue=True)
    server.run(
        host="127.0.0.1",
        port=int(sys.argv[1]),
        num_api_servers=1,
        log_level="warning",
        generate_client_file=False,
    )
