"""Errors of the ingest side.

Every message is Chinese, says what is wrong and names the fix; the command line and the API show it as it is.

    IngestError
    ├── LoadError              one file could not be read; the others go on
    │   ├── DecodeError        its bytes are no text in a known encoding
    │   ├── UnsupportedFormat  its suffix has no loader
    │   ├── EmptyFile          it holds no text
    │   └── FileTooLarge       it is beyond the limit in the settings
    ├── ManifestError          a manifest.toml or a note beside a document does not parse or names an unknown key
    ├── CorrectionError        a correction by hand is no field or no value of one
    ├── OriginalUnavailable    the file that a document was made of is not there any more
    │   └── OriginalChanged    another file is in its place
    └── LibraryError           the library file cannot be opened, or is not one of ours
        ├── LibraryMissing     there is none yet
        ├── LibraryTooNew      written by a newer version
        ├── LibraryTooOld      written by an older version; ingesting upgrades it
        ├── LibraryBusy        another process is ingesting
        ├── NotRestorable      a removed document is not there any more to be restored
        └── DocumentNotFound   no document has this id
"""


class IngestError(Exception):
    """Base of everything that ingest raises on purpose."""


class LoadError(IngestError):
    """One file could not be turned into text."""


class DecodeError(LoadError):
    """The bytes are not text in any encoding we know."""


class UnsupportedFormat(LoadError):
    """No loader is registered for the file's suffix."""


class EmptyFile(LoadError):
    """The file holds no text."""


class FileTooLarge(LoadError):
    """The file is larger than the limit."""


class ManifestError(IngestError):
    """A manifest, or a note beside a document, cannot be used."""


class CorrectionError(IngestError):
    """A correction by hand names no field, or a value that the field cannot have."""


class OriginalUnavailable(IngestError):
    """The file that a document was made of cannot be had any more."""


class OriginalChanged(OriginalUnavailable):
    """Where the file was that a document was made of, there is another one."""


class LibraryError(IngestError):
    """The library cannot be opened or read."""


class LibraryMissing(LibraryError):
    """There is no library at the given place yet."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryTooNew(LibraryError):
    """The library was written by a newer version of this program."""


class LibraryTooOld(LibraryError):
    """The library was written by an older version of this program and has to be upgraded."""


class NotRestorable(LibraryError):
    """A document that was removed cannot be restored from the library."""


class DocumentNotFound(LibraryError):
    """No document in the library has the given id."""
