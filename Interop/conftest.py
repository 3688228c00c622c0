"""What the tests share: the running binary, the recording upstream, the browser."""

import os
import shutil
import threading
import zlib
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from websockets.sync.server import serve

from console_page import PASSWORD, ConsolePage
from signet_process import ROOT, Signet, free_port, run
from studio_page import StudioPage
from token_mint import Mint
from upstream import RecordingUpstream


# Tests of each combination of provider, caller and form: a third of the combinations, always the same, unless all are asked for.
COMBINATIONS = ("test_models_hosted.py", "test_models_failing.py")
LEFT_OUT = []


def is_combination(item):
    return item.path.name in COMBINATIONS and "kind" in getattr(getattr(item, "callspec", None), "params", ())


def pytest_collection_modifyitems(config, items):
    if os.environ.get("SIGNET_ALL_COMBINATIONS"):
        return
    LEFT_OUT.extend(item for item in items if is_combination(item) and zlib.crc32(item.nodeid.encode()) % 3)
    left = set(LEFT_OUT)
    if left:
        config.hook.pytest_deselected(items=LEFT_OUT)
        items[:] = [item for item in items if item not in left]


def pytest_terminal_summary(terminalreporter):
    if LEFT_OUT:
        terminalreporter.write_line(
            f"{len(LEFT_OUT)} combinations of provider, caller and form were left out: SIGNET_ALL_COMBINATIONS=1 (make proof-models) runs them")


@pytest.fixture(scope="session")
def upstream():
    recording = RecordingUpstream().start()
    yield recording
    recording.stop()


@pytest.fixture(scope="session")
def socket_echo():
    """The port of an echo over WebSocket, by the library websockets."""

    def echo(connection):
        for message in connection:
            connection.send(message)

    server = serve(echo, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.socket.getsockname()[1]
    server.shutdown()


@pytest.fixture(scope="session")
def model_providers():
    """The fakes of model providers; imported only where wanted, since the SDKs take a second to load."""
    from model_providers import ModelProviders

    fakes = ModelProviders().start()
    yield fakes
    fakes.stop()


@pytest.fixture
def providers(model_providers):
    """The fakes as if just started; a request that a provider would have refused fails the test (`clear` forgives it)."""
    model_providers.clear()
    yield model_providers
    assert model_providers.complaints == []


@pytest.fixture(scope="session")
def hosted(tmp_path_factory, model_providers):
    """Signet before the fakes of model providers; afterwards no key of theirs may stand in what it wrote."""
    import hosted_models

    folder = tmp_path_factory.mktemp("hosted")
    signet = hosted_models.start(folder, Mint(), model_providers)
    yield signet
    signet.stop()
    written = signet.output + (folder / "access.log").read_text()
    for fake in model_providers.all:
        assert not any(key in written for key in fake.keys)


def local_model(tmp_path_factory, kind: str):
    import local_models

    if missing := local_models.missing():
        pytest.skip(f"{', '.join(missing)} not installed: make needs-models")
    return local_models.LocalModel(tmp_path_factory.mktemp(kind), kind).start()


@pytest.fixture(scope="session")
def chat_model(tmp_path_factory):
    """llama.cpp's server with a tiny model that says nonsense."""
    model = local_model(tmp_path_factory, "chat")
    yield model
    model.stop()


@pytest.fixture(scope="session")
def embedding_model(tmp_path_factory):
    """llama.cpp's server with a model that embeds sentences."""
    model = local_model(tmp_path_factory, "embedding")
    yield model
    model.stop()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """`signet serve --demo` on free ports."""
    server = Signet(data=tmp_path_factory.mktemp("signet") / "data", demo=True, demo_password="demo-password-for-tests")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium under Playwright; nothing is downloaded."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("SIGNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail("Chromium is not here: apt-get install chromium, or set SIGNET_CHROMIUM to its path")
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs user namespaces that root in a container does not have.
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page of a browser that knows nobody."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture(scope="module")
def mint():
    return Mint()


@pytest.fixture(scope="module")
def studio_address(request):
    """Where the Studio is served: a server for working on it (dev/serve-studio), or the program itself."""
    return os.environ.get("SIGNET_STUDIO") or request.getfixturevalue("demo").control


@pytest.fixture
def studio(studio_address, chromium):
    """The page, which afterwards must have asked for nothing and complained of nothing."""
    with StudioPage(chromium, studio_address + "/") as page:
        assert page.state == "ready"
        yield page
        assert page.requests_since_loading == [], "the page asked the network for something"
        assert page.violations == [] and page.errors == []


@pytest.fixture(scope="module")
def kept_page(studio_address, chromium):
    with StudioPage(chromium, studio_address + "/") as page:
        assert page.state == "ready"
        yield page


@pytest.fixture
def kept_studio(kept_page):
    """The same page for all tests of a file, cleared before each: for many small questions whose answers leave nothing behind."""
    kept_page.page.get_by_role("button", name="Clear all").click()
    kept_page.settle()
    yield kept_page
    assert kept_page.requests_since_loading == [], "the page asked the network for something"
    assert kept_page.violations == [] and kept_page.errors == []


def files_in_front_of(server, port):
    """dev/serve-console: the files as they lie in Web/, for working on them without building the program."""
    loader = SourceFileLoader("serve_console", str(ROOT / "dev/serve-console"))
    module = module_from_spec(spec_from_loader("serve_console", loader))
    loader.exec_module(module)
    front = module.serve(server.control, port)
    threading.Thread(target=front.serve_forever, daemon=True).start()
    return front


@contextmanager
def served_with_console(data, demo=False):
    """A server, and in `console` the address where its console is. SIGNET_CONSOLE=files takes the files from Web/."""
    front = None
    if os.environ.get("SIGNET_CONSOLE") == "files":
        port = free_port()
        server = Signet(data=data, demo=demo, arguments=("--issuer", f"http://localhost:{port}"))
        server.start()
        server.console = f"http://localhost:{port}"
        front = files_in_front_of(server, port)
    else:
        server = Signet(data=data, demo=demo)
        server.start()
        server.console = server.control
    yield server
    if front:
        front.shutdown()
    server.stop()


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    """A server with two people, and the address where its console is."""
    data = tmp_path_factory.mktemp("console") / "data"
    with served_with_console(data) as server:
        people(data)
        yield server


def people(data):
    for name, role in (("ada", "admin"), ("vera", "viewer")):
        made = run("user", "create", name, "--server-role", role, "--password-env", "PASSWORD", "--data", str(data), env={"PASSWORD": PASSWORD})
        assert made.returncode == 0, made.stderr


@pytest.fixture
def ada(console, chromium):
    """The console of an admin; afterwards the browser must have complained of nothing."""
    with ConsolePage(chromium, console.console) as page:
        page.sign_in("ada", PASSWORD)
        yield page
        assert page.violations == []
        # A refusal of the server is written there by the browser itself.
        assert [error for error in page.errors if "the server responded with a status of" not in error] == []


def write_configuration(folder: Path, text: str, name: str = "signet.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path
