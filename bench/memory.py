#!/usr/bin/env python3
"""Memory of guardian and engine, each by itself, without services and with many that run.

    python3 memory.py ../target/release/relance                  # 0 and 300 services
    python3 memory.py BEFORE AFTER --n 0,300,1000 --repeats 3    # two builds, turn by turn

Services are programs that sleep; they start at the boot of the daemon, one after the other as fast as it
can. `anonymous` is what the process has written to itself: heap, stacks, relocated pages; other than
Private_Dirty it does not count pages of a program file that was just built and is not on the disk yet. `pss`
counts pages that several processes share in parts. The least of the repeats is shown: noise only adds to it.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SLEEP = shutil.which("sleep")
MADE_BY = "relance-memory-"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="+", metavar="RELANCE")
    parser.add_argument("--n", default="0,300", help="numbers of services (0,300)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", default="file", help="where services print: file, null ...")
    parser.add_argument("--keep-running", metavar="SECONDS", type=float, default=0,
                        help="wait after each measurement, to look at the processes")
    options = parser.parse_args()
    numbers = [int(number) for number in options.n.split(",")]
    found = {}
    for _ in range(options.repeats):
        for number in numbers:
            for build in options.builds:
                for part, sizes in measure(build, number, options).items():
                    for kind, kib in sizes.items():
                        key = (build, part, kind, number)
                        found[key] = min(kib, found.get(key, kib))
    print_table(found, options.builds, numbers)


def print_table(found, builds, numbers):
    few, many = numbers[0], numbers[-1]
    print("| build | process | kind | " + " | ".join(f"{n} services" for n in numbers) + " | per service |")
    print("|---|---|---|" + "--:|" * (len(numbers) + 1))
    for build in builds:
        for part in ("guardian", "engine"):
            for kind in ("anonymous", "pss"):
                cells = [found[build, part, kind, number] for number in numbers]
                slope = (cells[-1] - cells[0]) / (many - few) if many > few else 0
                texts = [f"{cell} KiB" for cell in cells] + [f"{slope:.2f} KiB"]
                print(f"| {build} | {part} | {kind} | " + " | ".join(texts) + " |")


def measure(build, number, options):
    folder = tempfile.mkdtemp(prefix=MADE_BY)
    try:
        write_services(folder, number, options.output)
        if number > 0:
            daemon = Daemon(build, folder)
            daemon.command("apply", "-f", f"{folder}/services.toml")
            daemon.stop()
        daemon = Daemon(build, folder)
        try:
            daemon.wait_until_running(number)
            engine = daemon.engine()
            if options.keep_running:
                print(f"guardian {daemon.process.pid}, engine {engine}", flush=True)
                time.sleep(options.keep_running)
            return {"guardian": sizes(daemon.process.pid), "engine": sizes(engine)}
        finally:
            daemon.stop()
    finally:
        shutil.rmtree(folder)


def write_services(folder, number, output):
    with open(f"{folder}/services.toml", "w") as file:
        for index in range(number):
            file.write(
                f'[[service]]\nname = "w{index}"\n'
                f"command_line = {json.dumps(f'{SLEEP} 1000000')}\n"
                'kind = "program"\nstart_type = "auto"\n'
                f'[service.extensions]\noutput = "{output}"\n'
                '[service.recovery]\nactions = [{ kind = "restart", delay_ms = 1000 }]\n'
            )
    open(f"{folder}/relance.toml", "w").close()


class Daemon:
    """A daemon that is ready."""

    def __init__(self, build, folder):
        self.build, self.folder = os.path.abspath(build), folder
        path = f"{folder}/notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(path)
            self.process = subprocess.Popen(
                [self.build, "daemon", "--config", f"{folder}/relance.toml", "--state", f"{folder}/state",
                 "--logs", f"{folder}/logs", "--socket", f"{folder}/sock"],
                env=dict(os.environ, NOTIFY_SOCKET=path), stderr=subprocess.DEVNULL)
            ready.settimeout(60)
            ready.recv(4096)
        os.remove(path)

    def command(self, *arguments):
        subprocess.run([self.build, *arguments, "--socket", f"{self.folder}/sock"],
                       check=True, stdout=subprocess.DEVNULL)

    def wait_until_running(self, number):
        """All processes exist; by few requests, because each costs the engine something."""
        deadline = time.monotonic() + 120
        while len(children(self.process.pid)) < number + 1:
            if time.monotonic() > deadline:
                raise SystemExit("the services do not start")
            time.sleep(0.05)
        for index in {0, number - 1} if number > 0 else ():
            self.command("wait", "--state", "running", f"w{index}")

    def engine(self):
        """The child of the guardian that executes the same file."""
        pids = children(self.process.pid)
        same = [pid for pid in pids if os.path.realpath(f"/proc/{pid}/exe") == os.path.realpath(self.build)]
        if len(same) != 1:
            raise SystemExit(f"of {pids} one should be the engine; is there a console?")
        return same[0]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def sizes(pid):
    """KiB of a process."""
    names = {"Anonymous:": "anonymous", "Pss:": "pss"}
    found = {}
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            words = line.split()
            if words[0] in names:
                found[names[words[0]]] = int(words[1])
    return found


if __name__ == "__main__":
    main()
