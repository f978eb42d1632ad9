"""What a report can be had as."""

from enum import StrEnum

OVERVIEW, FILES = "overview", "files"


class FileForm(StrEnum):
    """What a report can be had as beside a picture; the value is how such a file's name ends."""

    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"
