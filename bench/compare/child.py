"""The contenders as child processes: one that waits for `go`, and one that is started each time."""

import contextlib
import json
import os
import subprocess
import tempfile
import time


class Failed(Exception):
    """A contender ended, or said something else than it should."""


class Child:
    """A contender that loads once, prints `ready`, and answers each `go` with a JSON line.

    cores: numbers of the cores it may use. preamble: the JSON lines before `ready`.
    """

    def __init__(self, command, environment, cores):
        self.command = command
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            pinned(command, cores),
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        self.preamble = []
        line = self._line()
        while line != "ready":
            self.preamble.append(self._parsed(line))
            line = self._line()

    def go(self):
        """Does the work once; returns the answer."""
        self.send()
        return self.answer()

    def send(self):
        """Tells it to do the work once."""
        # If it has ended, reading the answer finds that out.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write("go\n")
            self.process.stdin.flush()

    def answer(self):
        """Waits for the answer."""
        return self._parsed(self._line())

    def close(self):
        """Ends the process; it ends by itself at the end of its input."""
        try:
            self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def _line(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise Failed(failure(self.command, self.process.returncode, self.errors))
        return line.strip()

    def _parsed(self, line):
        try:
            return json.loads(line)
        except ValueError:
            raise Failed(f"{' '.join(self.command)} said: {line[:200]}") from None


class Together:
    """Children that each do the same work at the same time; seconds are for one share of it."""

    def __init__(self, children):
        self.children = children

    def go(self):
        """Does the work in every child at once; returns {"seconds"}."""
        for child in self.children:
            child.send()
        answers = [child.answer() for child in self.children]
        return {"seconds": max(a["seconds"] for a in answers) / len(answers)}

    def close(self):
        """Ends the processes."""
        for child in self.children:
            child.close()


class WholeProcess:
    """A contender that is started for each `go`, and timed from start to end.

    command(folder) is the command line that writes to the folder, result(folder) reads it.
    """

    def __init__(self, command, result, environment, cores):
        self.command, self.result = command, result
        self.environment, self.cores = environment, cores

    def go(self):
        """Runs the process once; returns {"seconds", "result"} like the others."""
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as errors:
            command = self.command(folder)
            start = time.perf_counter()
            code = subprocess.call(
                pinned(command, self.cores),
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            seconds = time.perf_counter() - start
            if code:
                raise Failed(failure(command, code, errors))
            return {"seconds": seconds, "result": self.result(folder)}

    def close(self):
        """Nothing is left running."""


def pinned(command, cores):
    """The command line, bound to some cores."""
    return ["taskset", "-c", ",".join(map(str, cores)), *command]


def failure(command, code, errors):
    """What a process that failed left to say."""
    errors.seek(0)
    last = "".join(errors.readlines()[-15:])
    return f"{' '.join(command)} ended with exit code {code}\n{last}"
