"""Errors of the service.

ServiceError
├── SettingsError     a setting is unknown or out of bounds
├── QuestionError     the question is empty or too long
├── FilterError       a filter names what there is not
├── AnswerFileError   a saved answer cannot be read
├── ChangesNotAllowed the settings do not let the library be changed from outside
├── ConversationError the file of the conversations cannot be used
│   └── ConversationNotFound  there is no such conversation, or it is another's
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
    """A saved answer cannot be read."""


class ChangesNotAllowed(ServiceError):
    """The settings do not let the library be changed through the service."""


class ConversationError(ServiceError):
    """The file of the conversations cannot be used."""


class ConversationNotFound(ConversationError):
    """There is no such conversation, or it is another owner's."""


class LanguageModelError(ServiceError):
    """The language model gave nothing that can be used; the message is a clause of a note to the reader."""


class LanguageModelLate(LanguageModelError):
    """The language model did not begin or end in time."""


class LanguageModelUnreachable(LanguageModelError):
    """There is no connection to the language model, or it broke off."""


class LanguageModelUnusable(LanguageModelError):
    """The language model refused, failed, or sent what nobody can read."""
