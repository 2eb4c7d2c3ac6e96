"""How this house says no: one base class, a stable code, words a person can act on."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A request that was understood and declined; nothing has been changed.

    Subclasses stand beside the function that raises them. `code` is stable and public, `status` is the HTTP
    status of the answer, `message` may name values of `detail` as ``%(name)s``.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("This cannot be done now.")

    def __init__(self, **detail: object) -> None:
        super().__init__(self.code)
        self.detail = detail

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.detail if self.detail and "%(" in text else text


class NotFound(Refusal):
    """The object does not exist, or is not the asker's: the two are told apart nowhere (law 10)."""

    code = "not_found"
    status = 404
    message = _("We could not find this. Check the number, or go back to the list.")


class Unauthenticated(Refusal):
    """Nobody we know asks."""

    code = "unauthenticated"
    status = 401
    message = _("Sign in with a valid token or key.")


class Forbidden(Refusal):
    """Somebody we know asks for what is not theirs to do."""

    code = "forbidden"
    status = 403
    message = _("You may not do this.")


class InvalidInput(Refusal):
    """A field holds something it cannot hold; `field` names it."""

    code = "invalid"
    status = 400
    message = _("“%(field)s” is not valid. Correct it and try again.")


class Busy(Refusal):
    """The rows stayed locked by somebody else for too long; trying again is safe."""

    code = "busy"
    status = 409
    message = _("The system is busy right now. Nothing has been changed; please try again in a moment.")
