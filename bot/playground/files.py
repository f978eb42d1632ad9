"""Pictures and documents that the bot sent, kept in memory under their file ids."""

from dataclasses import dataclass
from io import BytesIO
from itertools import count

from PIL import Image, UnidentifiedImageError

from bot.playground.parameters import Upload
from bot.playground.refusals import JsonObject, bad_request

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOCUMENT = 50 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file; `width` and `height` are zero for what is no picture."""

    file_id: str
    upload: Upload
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        return f"{'photos' if self.width else 'documents'}/{self.file_id}"

    def to_json(self) -> JsonObject:
        """The fields that File, PhotoSize and Document share."""
        return {
            "file_id": self.file_id,
            "file_unique_id": f"U{self.file_id}",
            "file_size": len(self.upload.content),
        }


class FileStore:
    """Answers for file ids, as Telegram's servers do."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._numbers = count(1)

    def find(self, file_id: str) -> StoredFile:
        """Raises: Refusal: 400 for an id that was never given out."""
        if (file := self._files.get(file_id)) is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return file

    def at(self, path: str) -> StoredFile:
        return self.find(path.rpartition("/")[2])

    def photo(self, given: Upload | str) -> JsonObject:
        """The `photo` field of a message: a new upload, or one that is known by its file id."""
        file = self._keep_photo(given) if isinstance(given, Upload) else self._known(given)
        if not file.width:
            raise bad_request("can't use file of type Document as Photo")
        return {"photo": [file.to_json() | {"width": file.width, "height": file.height}]}

    def document(self, given: Upload | str) -> JsonObject:
        """The `document` field of a message."""
        file = self._keep_document(given) if isinstance(given, Upload) else self._known(given)
        if file.width:
            raise bad_request("can't use file of type Photo as Document")
        names = {"file_name": file.upload.name, "mime_type": file.upload.mime_type}
        return {"document": file.to_json() | names}

    def _known(self, given: str) -> StoredFile:
        if given.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        if given not in self._files:
            raise bad_request("wrong remote file identifier specified: Wrong string length")
        return self._files[given]

    def _keep_photo(self, upload: Upload) -> StoredFile:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > LARGEST_PHOTO:
            raise bad_request("PHOTO_SAVE_FILE_INVALID")
        try:
            with Image.open(BytesIO(upload.content)) as picture:
                width, height = picture.size
        except UnidentifiedImageError:
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self._keep(upload, "P", width=width, height=height)

    def _keep_document(self, upload: Upload) -> StoredFile:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > LARGEST_DOCUMENT:
            raise bad_request("file is too big")
        return self._keep(upload, "D")

    def _keep(self, upload: Upload, kind: str, *, width: int = 0, height: int = 0) -> StoredFile:
        file_id = f"{kind}{next(self._numbers):07d}"
        self._files[file_id] = StoredFile(file_id=file_id, upload=upload, width=width, height=height)
        return self._files[file_id]
