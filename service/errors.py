"""Errors of the service.

ServiceError
├── SettingsError     a setting is unknown or out of bounds
├── QuestionError     the question is empty or too long
├── FilterError       a filter names what there is not
├── AnswerFileError   a saved answer cannot be read, or not be saved in the format named
├── OutputUnwritable  what was made cannot be written to the place named
├── ChangesNotAllowed the settings do not let the library be changed from outside
│   ├── CrossSite         the request was made by another site's page
│   ├── PasswordWrong     the manager's password is missing or wrong
│   └── TooManyAttempts   it was wrong too often
├── UploadError       what was sent is no upload
│   ├── UploadTooLarge    it is beyond the limit in the settings
│   ├── UploadsBusy       too many uploads at once
│   └── StorageFull       the files could not be written
├── JobNotFound       there is no such upload
├── ConversationError the file of the conversations cannot be used
│   ├── ConversationNotFound  there is no such conversation, or it is another's
│   └── ShareNotFound         nothing is shared under this link any more
├── LessonError       the file of the lessons cannot be used
│   ├── LessonNotFound    there is no such lesson, or it is another's
│   ├── LessonConflict    the lesson was saved from elsewhere in the meantime
│   ├── LessonInvalid     what is to be saved is not what a lesson may hold
│   └── LessonUnwritable  the lesson cannot be written in the format named
├── FeedbackError     the file of the feedback cannot be used
│   └── FeedbackInvalid   what is said of an answer does not fit it
└── LanguageModelError    the language model gave nothing that can be used
    ├── LanguageModelLate         it did not begin or end in time
    ├── LanguageModelUnreachable  there is no connection, or it broke off
    └── LanguageModelUnusable     it refused, failed, or sent what nobody can read
"""


class ServiceError(Exception):
    """Base of everything that the service raises on purpose; messages are Chinese and name the fix."""


class SettingsError(ServiceError):
    """A setting is unknown or out of bounds."""


class QuestionError(ServiceError):
    """The question is empty or too long."""


class FilterError(ServiceError):
    """A filter names a rank, a nature, a kind or a day that there is not."""


class AnswerFileError(ServiceError):
    """A saved answer cannot be read, or an answer not be saved in the format that is named."""


class OutputUnwritable(ServiceError):
    """What was made cannot be written to the place named."""


class ChangesNotAllowed(ServiceError):
    """The settings do not let the library be changed through the service."""


class CrossSite(ChangesNotAllowed):
    """The request was made by the page of another site."""


class PasswordWrong(ChangesNotAllowed):
    """The manager's password is missing or wrong."""


class TooManyAttempts(ChangesNotAllowed):
    """The manager's password was wrong too often."""


class UploadError(ServiceError):
    """What was sent is no upload, or broke off."""


class UploadTooLarge(UploadError):
    """More was sent at once than the settings allow."""


class UploadsBusy(UploadError):
    """Too many uploads are being received or are waiting."""


class StorageFull(UploadError):
    """The files that were sent could not be written."""


class JobNotFound(ServiceError):
    """There is no upload of this id, or it was long ago."""


class ConversationError(ServiceError):
    """The file of the conversations cannot be used."""


class ConversationNotFound(ConversationError):
    """There is no such conversation, or it is another owner's."""


class ShareNotFound(ConversationError):
    """Nothing is shared under this link, or not any more."""


class LessonError(ServiceError):
    """The file of the lessons cannot be used."""


class LessonNotFound(LessonError):
    """There is no such lesson, or it is another owner's."""


class LessonConflict(LessonError):
    """The lesson was saved from elsewhere since it was loaded."""


class LessonInvalid(LessonError):
    """What is to be saved is not what a lesson may hold."""


class LessonUnwritable(LessonError):
    """A lesson cannot be written in the format named."""


class FeedbackError(ServiceError):
    """The file of the feedback cannot be used."""


class FeedbackInvalid(FeedbackError):
    """What is said of an answer does not fit it."""


class LanguageModelError(ServiceError):
    """The language model gave nothing that can be used; the message is a clause of a note to the reader."""


class LanguageModelLate(LanguageModelError):
    """The language model did not begin or end in time."""


class LanguageModelUnreachable(LanguageModelError):
    """There is no connection to the language model, or it broke off."""


class LanguageModelUnusable(LanguageModelError):
    """The language model refused, failed, or sent what nobody can read."""
