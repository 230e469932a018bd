#!/usr/bin/env python3
"""Repeats the measurement of learning.md: ./mvnw package -DskipTests && python3 src/docs/learning.py

tiny-moe on an emulated device with room for 12 of its 48 experts; each workload is one of five kinds of text, its first 18
prompts being history and the next 18 what is measured. Takes about five minutes. Needs nothing but a JDK 25 and Python.
Arguments name workloads, if not all are wanted.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKLOADS = ["dictionary", "fiction", "jargon", "scripture", "speeches"]
HISTORY = 18
EXPERTS = 12
NEAR = 0.03
WINDOW = 5  # requests over which the distance to own history is taken
OFF = "--fiddler.placement.correction.mode=off"
PORT = int(os.environ.get("PORT", "18080"))


class Service:
    """The service on a database of its own, the embedded one in `home`."""

    def __init__(self, home, *settings):
        java = str(pathlib.Path(os.environ["JAVA_HOME"], "bin", "java")) if "JAVA_HOME" in os.environ else "java"
        self.log = open(f"{home}.log", "ab")
        self.process = subprocess.Popen(
            [java, "-Xmx2g", "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-jar",
             str(ROOT / "target/fiddler.jar"), f"--fiddler.home={home}", f"--server.port={PORT}",
             "--fiddler.device.kind=emulated", f"--fiddler.device.experts={EXPERTS}", *settings],
            stdout=self.log, stderr=self.log)
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/actuator/health/readiness", timeout=2).read()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"the service ended, see {home}.log")
                time.sleep(0.2)

    def get(self, path):
        return json.load(urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}"))

    def complete(self, prompt):
        """Answers a prompt greedily with 24 tokens; returns the share of its assignments that hit, and its tokens."""
        body = json.dumps({"prompt": prompt, "max_tokens": 24, "temperature": 0}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{PORT}/v1/completions", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as response:
            tokens = json.load(response)["usage"]["total_tokens"]
            return float(re.search(r'hit-rate;desc="([0-9.]+)"', response.headers["Server-Timing"])[1]), tokens

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def prompts(workload):
    return json.loads((ROOT / f"src/test/resources/prompts/{workload}.json").read_text())


def history(home, texts):
    """A database that remembers these prompts."""
    with Service(home, OFF, "--fiddler.traces.sample-rate=1") as service:
        for text in texts:
            service.complete(text)


def measure(work, home, workload, *settings):
    """Hit rates of the further prompts of a workload on a copy of what `home` remembers, and what the simulator says then."""
    copy = work / "measured"
    if home is not None:
        shutil.copytree(home, copy, symlinks=True)
    with Service(copy, "--fiddler.traces.sample-rate=1", *settings) as service:
        answers = [service.complete(text) for text in prompts(workload)[HISTORY:2 * HISTORY]]
        simulation = service.get(f"/actuator/simulation?experts={EXPERTS}")
    shutil.rmtree(copy)
    return answers, simulation


def mean(answers):
    """Of hit rates, each with its number of tokens."""
    return sum(rate * tokens for rate, tokens in answers) / sum(tokens for _, tokens in answers)


def requests_until_near(corrected, own):
    """Requests after which the next WINDOW hit within NEAR of what own history gives for the same ones."""
    for first in range(len(own) - WINDOW + 1):
        if mean(corrected[first:first + WINDOW]) >= mean(own[first:first + WINDOW]) - NEAR:
            return str(first)
    return f"over {len(own) - WINDOW}"


def main():
    work = pathlib.Path(tempfile.mkdtemp())
    try:
        for workload in WORKLOADS:
            history(work / workload, prompts(workload)[:HISTORY])
        history(work / "mixed", [text for texts in zip(*(prompts(w)[:HISTORY] for w in WORKLOADS)) for text in texts])
        print("| workload | even spread | other history | mixed history | mixed, corrected live | requests until within 0.03 | own history | simulated | best fixed in hindsight | oracle (Belady) |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for workload in sys.argv[1:] or WORKLOADS:
            other = "dictionary" if workload == "speeches" else "speeches"
            even, _ = measure(work, None, workload, OFF)
            foreign, _ = measure(work, work / other, workload, OFF)
            mixed, _ = measure(work, work / "mixed", workload, OFF)
            corrected, _ = measure(work, work / "mixed", workload)
            own, simulation = measure(work, work / workload, workload, OFF)
            # Planned from the earlier half, which is the history but for a prompt, and scored on the later one: what was just
            # measured, and what could have been.
            oracle = next(point for point in simulation["curve"] if point["experts"] == EXPERTS)
            print(f"| `{workload}` | {mean(even):.3f} | {mean(foreign):.3f} (`{other}`) | {mean(mixed):.3f} | {mean(corrected):.3f} "
                  f"| {requests_until_near(corrected, own)} | {mean(own):.3f} | {oracle['hitRate']:.3f} | {oracle['hindsightHitRate']:.3f} | {oracle['oracleHitRate']:.3f} |",
                  flush=True)
    finally:
        shutil.rmtree(work)


main()
