"""Errors of the service.

ServiceError
├── SettingsError     a setting is unknown or out of bounds
├── QuestionError     the question is empty or too long
├── FilterError       a filter names what there is not
├── AnswerFileError   a saved answer cannot be read, or not be saved in the format named
├── ChangesNotAllowed the settings do not let the library be changed from outside
├── ConversationError the file of the conversations cannot be used
│   ├── ConversationNotFound  there is no such conversation, or it is another's
│   └── ShareNotFound         nothing is shared under this link any more
├── LessonError       the file of the lessons cannot be used
│   ├── LessonNotFound    there is no such lesson, or it is another's
│   ├── LessonConflict    the lesson was saved from elsewhere in the meantime
│   ├── LessonInvalid     what is to be saved is not what a lesson may hold
│   └── LessonUnwritable  the lesson cannot be written in the format or to the place named
└── FeedbackError     the file of the feedback cannot be used
    └── FeedbackInvalid   what is said of an answer does not fit it
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


class ChangesNotAllowed(ServiceError):
    """The settings do not let the library be changed through the service."""


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
    """A lesson cannot be written in the format or to the place named."""


class FeedbackError(ServiceError):
    """The file of the feedback cannot be used."""


class FeedbackInvalid(FeedbackError):
    """What is said of an answer does not fit it."""
