"""What ``newel up`` tends: a child is started again, an errand until it has ended well once."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newel.cli import app, logs, serve
from newel.cli.child import Child, Errand
from newel.cli.up import _children
from newel.config import Settings

PATIENCE = 20.0
COUNTS = "import sys; open(sys.argv[1], 'a').write('x'); sys.exit(int(open(sys.argv[2]).read()))"


def tend_until(child: Child, wanted: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not wanted():
        assert time.monotonic() < until
        child.tend(time.monotonic())
        time.sleep(0.02)


class Place:
    """A folder in which a command counts its starts and ends as it is told."""

    def __init__(self, folder: Path) -> None:
        self.starts, self.code, self.marker = folder / "starts", folder / "code", folder / "marker"
        self.starts.touch()

    def errand(self) -> Errand:
        command = [sys.executable, "-c", COUNTS, str(self.starts), str(self.code)]
        return Errand("errand", command, os.environ, self.marker)

    def started(self) -> int:
        return len(self.starts.read_text())


def test_an_errand_is_run_again_until_it_ends_well_and_then_never_more(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.code.write_text("3")
    errand = place.errand()
    tend_until(errand, lambda: place.started() >= 2)
    assert not place.marker.exists()
    place.code.write_text("0")
    tend_until(errand, place.marker.exists)
    count = place.started()
    for later in (errand, place.errand()):
        for _ in range(20):
            later.tend(time.monotonic() + PATIENCE)
            time.sleep(0.02)
    assert place.started() == count


def test_an_errand_that_was_stopped_is_not_done(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    errand = Errand("errand", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ, marker)
    tend_until(errand, lambda: errand.pid is not None)
    errand.stop()
    errand.wait(PATIENCE)
    errand.tend(time.monotonic())
    assert not marker.exists()
    errand.stop()
    errand.wait(PATIENCE)


def test_a_child_that_ends_is_started_again_however_it_ended(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.code.write_text("0")
    child = Child("child", [sys.executable, "-c", COUNTS, str(place.starts), str(place.code)], os.environ)
    tend_until(child, lambda: place.started() >= 2)
    child.stop()
    child.wait(PATIENCE)


def test_a_child_is_out_of_reach_of_ctrl_c_so_that_it_is_stopped_in_its_order() -> None:
    child = Child("child", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ)
    tend_until(child, lambda: child.pid is not None)
    assert child.pid is not None
    assert os.getpgid(child.pid) != os.getpgid(0)
    child.stop()
    child.wait(PATIENCE)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


IPV6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize(
    ("host", "family"),
    [("127.0.0.1", socket.AF_INET), pytest.param("::1", socket.AF_INET6, marks=IPV6)],
    ids=["IPv4", "IPv6"],
)
def test_a_taken_port_is_said_before_anything_is_started(tmp_path: Path, host: str, family: int) -> None:
    with socket.create_server((host, 0), family=family) as taken:
        port = str(taken.getsockname()[1])
        env = {**os.environ, "NEWEL_HOME": str(tmp_path / "home"), "NEWEL_HOST": host, "NEWEL_PORT": port}
        done = subprocess.run(
            [sys.executable, "-m", "newel", "up"], env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == 2
    assert f"port {port} is in use" in done.stderr
    assert not (tmp_path / "home").exists()


def test_an_address_that_is_none_of_this_machine_is_said_as_urls_have_it(tmp_path: Path) -> None:
    env = {**os.environ, "NEWEL_HOME": str(tmp_path / "home"), "NEWEL_HOST": "2001:db8::1"}
    done = subprocess.run(
        [sys.executable, "-m", "newel", "up"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "the address [2001:db8::1]:8080" in done.stderr


SUPERVISOR = """
import os, sys, time
import newel.cli
from newel.cli.child import Copy
newel.cli.main = lambda: time.sleep(60)
copy = Copy("worker", ["work"], os.environ)
while True:
    copy.tend(time.monotonic())
    print(copy.pid, flush=True)
    time.sleep(0.1)
"""


def test_a_copy_has_its_own_name_is_started_again_and_ends_with_its_supervisor(tmp_path: Path) -> None:
    program = [sys.executable, "-c", SUPERVISOR]
    supervisor = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    with supervisor.stdout as said:
        pids = (int(line) for line in said if line.strip() != "None")
        first = next(pids)
        until_title(first, "newel work")
        assert os.getpgid(first) == first
        os.kill(first, signal.SIGKILL)
        second = next(pid for pid in pids if pid != first)
        until_title(second, "newel work")
        supervisor.kill()
        supervisor.wait()
    until_title(second, "")


APART = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from newel.cli.child import apart
from newel.domain.errors import Invalid

pool = ThreadPoolExecutor(1)
apart(lambda: pool.submit(print, "done").result())
print(threading.active_count(), flush=True)

def fails():
    raise Invalid(what="the file", why="it is empty")

apart(fails)
print("not reached")
"""


def test_what_is_done_apart_leaves_no_thread_behind_and_its_error_ends_the_supervisor() -> None:
    done = subprocess.run([sys.executable, "-c", APART], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["done", "1"]
    assert done.returncode == 2
    assert "the file" in done.stderr
    assert "Traceback" not in done.stderr


THREADED = """
import os, sys, threading, time
import newel.cli
from newel.cli.child import Copy
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
newel.cli.main = lambda: print("copied", flush=True)
copy = Copy("scan", ["scan", "--help"], os.environ)
copy.tend(time.monotonic())
copy.wait(60)
"""


def test_a_supervisor_with_another_thread_makes_no_copy_of_itself() -> None:
    done = subprocess.run([sys.executable, "-c", THREADED], capture_output=True, text=True, check=False)
    assert "copied" not in done.stdout
    assert "newel scan" in done.stdout


def until_title(pid: int, wanted: str) -> None:
    """Until a process calls itself so; one that has ended calls itself nothing."""
    until = time.monotonic() + PATIENCE
    while not title(pid).startswith(wanted) or (title(pid) and not wanted):
        assert time.monotonic() < until
        time.sleep(0.02)


def title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.parametrize(("workers", "share"), [(1, "4"), (2, "2"), (3, "2")])
def test_workers_share_the_connections_of_one_process_and_stand_back(workers: int, share: str) -> None:
    settings = Settings(pool_size=4, workers=workers)
    made: dict[str, str] = {}

    def kind(name: str, words: Sequence[str], environment: Mapping[str, str]) -> Child:
        made[name] = environment.get("NEWEL_POOL_SIZE", "")
        assert ("--nice" in words) == (name != "server")
        return Child(name, words, environment)

    assert len(_children(settings, {"NEWEL_HOME": "home"}, True, kind)) == 1 + workers
    assert made.pop("server") == ""
    assert (set(made.values()), len(made)) == ({share}, workers)


def test_a_worker_stands_back_as_far_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stood: list[int] = []
    monkeypatch.setattr(os, "nice", stood.append)
    monkeypatch.setattr(logs, "configure_logging", lambda level: None)
    monkeypatch.setattr(serve, "run", lambda main: main.close())
    assert CliRunner().invoke(app, ["work", "--nice", "7"]).exit_code == 0
    assert stood == [7]
    assert CliRunner().invoke(app, ["work", "--nice", "-1"]).exit_code != 0
    assert stood == [7]
