"""How large a request with files may be, before any of it is kept."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# Nine pictures of ten megabytes, with some room; everything else that is uploaded is smaller.
LARGEST_REQUEST = 100 * 1024 * 1024


class BoundedRequest(FileUploadHandler):
    """Refuses a request that says it is larger; the others do the work."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > LARGEST_REQUEST:
            raise RequestDataTooBig("the request is larger than any form of ours")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
