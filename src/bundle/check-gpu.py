#!/usr/bin/env python3
"""check-gpu.py FOLDER [SECONDS]: follows the quick start "With a GPU" on a GPU host with the service's bundle unpacked in FOLDER,
as an ordinary user: tiny-moe in reproducible mode, then the Mixtral-8x7B shape with 24 GiB of the card, its experts planned anew
from the statistics while requests run, and a stop amid an answer. Needs Python's own library alone, and 110 GiB of memory;
SECONDS (300) is how long a start may take. Prints a line for each thing tried; ends with 1 at the first that fails."""

import concurrent.futures
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PORT = int(os.environ.get("PORT", "18080"))
URL = f"http://127.0.0.1:{PORT}"
NOBODY = 65534


def call(path, body=None, timeout=300):
    """Body and headers of an answer; raises HTTPError on a refusal."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.loads(answer.read() or "null"), answer.headers


def say(*words):
    print(*words, flush=True)


def require(condition, *words):
    if not condition:
        raise AssertionError(" ".join(map(str, words)))


class Service:
    """The service as a process of its own, ready when entered."""

    def __init__(self, folder, home, patience, *arguments):
        self.log = home / "log"
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            [folder / "bin/fiddler", f"--server.port={PORT}", *arguments],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "FIDDLER_HOME": str(home), "TMPDIR": str(home)},
            **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}),
        )
        self.patience = patience

    def __enter__(self):
        while True:
            require(self.process.poll() is None, "the service ended\n" + self.log.read_text()[-4000:])
            require(time.monotonic() - self.begin < self.patience, "not ready\n" + self.log.read_text()[-4000:])
            try:
                call("/actuator/health/readiness", timeout=5)
                say(f"ready after {time.monotonic() - self.begin:.1f} s")
                return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def __exit__(self, kind, *_):
        self.process.kill()
        for line in self.log.read_text().splitlines():
            if kind or "Fiddler" in line or "WARN" in line or "ERROR" in line or "cuda" in line.lower():
                say("  |", line[:240])


def completion(prompt, tokens, **more):
    begin = time.monotonic()
    answer, headers = call("/v1/completions", {
        "prompt": prompt, "max_tokens": tokens, "temperature": 0, "ignore_eos": True, "return_token_ids": True, **more})
    choice = answer["choices"][0]
    require(len(choice["token_ids"]) == tokens, "tokens of the answer:", choice)
    return choice, time.monotonic() - begin, headers


def together(prompts, tokens):
    """Answers to all, and how long they took."""
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(prompts)) as clients:
        answers = list(clients.map(lambda prompt: completion(prompt, tokens)[0]["token_ids"], prompts))
    return answers, time.monotonic() - begin


def device():
    info = call("/actuator/info")[0]
    say("device:", json.dumps(info.get("engine", info).get("device", info)))
    return json.dumps(info)


def tiny(folder, home, patience):
    say("== tiny-moe, fiddler.dispatch.reproducible=true")
    with Service(folder, home, patience, "--fiddler.device.kind=cuda", "--fiddler.dispatch.reproducible=true") as service:
        require("NVIDIA" in device(), "the device is no NVIDIA card")
        health = call("/actuator/health")[0]
        require(health["status"] == "UP", "health:", health)
        answer = call("/v1/chat/completions", {
            "messages": [{"role": "user", "content": "Who are you?"}], "max_completion_tokens": 32})[0]
        say("chat:", json.dumps(answer["choices"][0]["message"]["content"]))
        prompts = [f"It was the best of {number} times, it was the worst of" for number in range(12)]
        alone = [completion(prompt, 24)[0]["token_ids"] for prompt in prompts]
        beside, _ = together(prompts, 24)
        require(alone == beside, "tokens differ among others:", alone, beside)
        say(f"{len(prompts)} prompts, alone and together: the same tokens")
        request = urllib.request.Request(
            URL + "/v1/completions",
            json.dumps({"prompt": "It was the best of", "max_tokens": 16, "stream": True}).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as stream:
            events = [line for line in stream.read().decode().splitlines() if line]
        require(events[-1] == "data: [DONE]", "the stream ends with", events[-1])
        say("stream:", len(events), "events")
        require(service.stop() == 143, "it ends with", service.process.returncode)


def mixtral(folder, home, patience):
    say("== the Mixtral-8x7B shape, 24 GiB of the card")
    arguments = (
        "--fiddler.model.path=synthetic:mixtral-8x7b?skew=1.0", "--fiddler.model.name=mixtral",
        "--fiddler.device.kind=cuda", "--fiddler.device.memory=24GiB", "--fiddler.placement.policy=frequency")
    with Service(folder, home, patience, *arguments) as service:
        device()
        completion([1, 2, 3], 4)
        _, seconds, headers = completion(list(range(100, 132)), 32)
        say(f"one request, 32 tokens in and out: {seconds:.2f} s, {32 / seconds:.2f} tokens/s;", headers["Server-Timing"])
        prompts = [[200 + 31 * client + position for position in range(32)] for client in range(16)]
        _, seconds = together(prompts, 32)
        say(f"16 at once: {seconds:.2f} s, {16 * 32 / seconds:.1f} tokens/s")
        with concurrent.futures.ThreadPoolExecutor(1) as other:
            running = other.submit(completion, list(range(300, 332)), 48)
            begin = time.monotonic()
            placed, _ = call("/actuator/placement", {"reason": "from what was logged"})
            say(f"planned and applied beside a request in {time.monotonic() - begin:.1f} s:",
                {name: value for name, value in placed.items() if not isinstance(value, (list, dict))})
            _, seconds, _ = running.result()
            say(f"the request beside it: {48 / seconds:.2f} tokens/s")
        _, seconds, headers = completion(list(range(100, 132)), 32)
        say(f"the first request again: {32 / seconds:.2f} tokens/s;", headers["Server-Timing"])
        _, seconds = together(prompts, 32)
        say(f"the 16 again: {seconds:.2f} s, {16 * 32 / seconds:.1f} tokens/s")
        time.sleep(2)
        usage, _ = call("/actuator/usage")
        say("usage:", json.dumps(usage)[:400])
        with concurrent.futures.ThreadPoolExecutor(1) as other:
            last = other.submit(completion, list(range(400, 432)), 32)
            time.sleep(1)
            begin = time.monotonic()
            code = service.stop()
            last.result()
            say(f"stopped amid an answer: answered whole, ended with {code} after {time.monotonic() - begin:.1f} s")
            require(code == 143, "it ends with", code)


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    patience = float(sys.argv[2]) if len(sys.argv) > 2 else 300
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError:
        say("memory to be locked is limited:", resource.getrlimit(resource.RLIMIT_MEMLOCK))
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        for trial in (tiny, mixtral):
            home = pathlib.Path(place, trial.__name__)
            home.mkdir()
            if os.getuid() == 0:
                os.chown(home, NOBODY, NOBODY)
            trial(folder, home, patience)
    say("all of it works")


if __name__ == "__main__":
    main()
