"""The forms of the crew."""

from __future__ import annotations

from wtforms import Form, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from jada_flask.domain.crew import Answer

_ANSWERS = {"accept": Answer.ACCEPTED, "decline": Answer.DECLINED}


class AnswerForm(Form):
    """Accept or decline. Neither is preselected.

    A robot that sends the form says nothing.
    """

    answer = RadioField(
        "Your answer",
        [InputRequired("Choose one of the two.")],
        choices=[
            SelectChoice("accept", "Yes, I will be there"),
            SelectChoice("decline", "No, I cannot"),
        ],
    )
    plan = HiddenField()  # the revision that the page showed

    def choice(self) -> Answer:
        return _ANSWERS[str(self.answer.data)]

    def plan_or(self, latest: int) -> int:
        """The revision that was seen; the latest where the sender does not say."""
        if not self.plan.data:
            return latest
        return latest if self.plan.data == str(latest) else 0
