"""A queue whose lines have the outbox drained, by a call of its own."""

from __future__ import annotations

from jada_flask.adapters.aws.clients import Client


class QueueNudge:
    """What a commit that promised messages calls; `send` then drops one line for all.

    Lambda freezes a function after its answer. Whether the line arrives does not
    matter: the schedule comes each minute. Without a queue only that comes.
    """

    def __init__(self, client: Client, queue: str) -> None:
        self._client = client
        self._queue = queue  # its ARN, or nothing
        self._wanted = False

    def __call__(self) -> None:
        """Something is due."""
        self._wanted = True

    def send(self) -> None:
        """Drop a line if anything was promised since the last; however that ends."""
        wanted, self._wanted = self._wanted, False
        if not (wanted and self._queue):
            return
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client().send_message(
                QueueUrl=address_of(self._queue), MessageBody="drain"
            )
        except (BotoCoreError, ClientError):
            return


def address_of(queue: str) -> str:
    """The address of a queue, which says the same as its ARN."""
    _, partition, _, region, account, name = queue.split(":")
    domain = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return f"https://sqs.{region}.{domain}/{account}/{name}"
