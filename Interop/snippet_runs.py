"""Runs the code that the Studio shows, where its language and library are here; elsewhere reads its syntax, or skips and says why."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# The tab's name and the template's.
LANGUAGES = {
    "signet": "signet", "Swift": "swift", "Node": "node", "Python · PyJWT": "pyjwt", "Python · joserfc": "joserfc", "Go": "go", "Rust": "rust",
    "Java": "java", "PHP": "php", "C#": "csharp",
}
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Snippet:
    language: str
    code: str | None
    run: str


@dataclass
class Answer:
    # None where the code could only be read.
    accepted: bool | None
    said: str


def run(snippet: Snippet, token: str, *, folder: Path, secret: str | None = None) -> Answer:
    """What the code says of the token; where its library is not here, only its syntax is read."""
    environment = {**os.environ, "TOKEN": token}
    if secret is not None:
        environment["SIGNET_SECRET"] = secret
    identity = LANGUAGES[snippet.language]
    if identity in ("pyjwt", "joserfc"):
        return execute([sys.executable, "-W", "ignore", written(folder, "verify.py", snippet.code)], environment, folder)
    if identity == "signet":
        return signet(snippet.code, environment, folder)
    if identity == "node" and (modules := os.environ.get("SIGNET_NODE_MODULES")):
        return execute(["node", written(Path(modules).parent, "verify.mjs", snippet.code)], environment, folder)
    return Answer(None, READERS[identity](snippet.code, folder) or f"{snippet.language}: only the syntax was read; its library is not here")


JOSE = """
export const importJWK = async (jwk, algorithm) => ({ jwk, algorithm });
export const jwtVerify = async (token, key, { issuer, audience }) => {
  const payload = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  if (payload.iss !== issuer || !payload.aud.includes(audience)) throw new Error("other values");
  return { payload };
};
"""


def run_values(snippet: Snippet, token: str, *, folder: Path) -> Answer:
    """The same where it matters only that values arrive as they are: jose's stand-in compares them."""
    if LANGUAGES[snippet.language] != "node" or not shutil.which("node"):
        return run(snippet, token, folder=folder)
    package = folder / "node_modules/jose"
    package.mkdir(parents=True, exist_ok=True)
    written(package, "package.json", '{"name": "jose", "type": "module", "exports": "./index.js"}')
    written(package, "index.js", JOSE)
    return execute(["node", written(folder, "verify.mjs", snippet.code)], {**os.environ, "TOKEN": token}, folder)


def shell_words(code: str, folder: Path) -> list[str]:
    """What a shell hands to signet."""
    links = folder / "recorder"
    links.mkdir(exist_ok=True)
    written(links, "signet", '#!/bin/sh\nprintf "%s\\0" "$@" > "$RECORD"\n').chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", code], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PATH": f"{links}:{os.environ['PATH']}", "RECORD": str(folder / "words"), "TOKEN": "x"})
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return (folder / "words").read_bytes().decode().split("\0")[:-1]


def execute(command: list, environment: dict, folder: Path) -> Answer:
    done = subprocess.run([str(part) for part in command], env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    # A program that does not come to its verdict at all must not pass for one that refuses.
    assert done.returncode == 0 and said.startswith("valid") or done.returncode != 0 and ("refused:" in said or "verdict" in said.lower()), said
    return Answer(done.returncode == 0, said)


def signet(code: str, environment: dict, folder: Path) -> Answer:
    binary = os.environ.get("SIGNET_BINARY") or shutil.which("signet") or ROOT / ".build/debug/signet"
    if not Path(binary).exists():
        pytest.skip("signet is not built: set SIGNET_BINARY")
    if not shutil.which("bash"):
        pytest.skip("bash is not here")
    links = folder / "bin"
    links.mkdir(exist_ok=True)
    if not (links / "signet").exists():
        (links / "signet").symlink_to(binary)
    environment["PATH"] = f"{links}:{environment['PATH']}"
    done = subprocess.run(["bash", "-c", code], env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    assert re.search(r"\b(valid|refused)\b", said, re.I), said
    return Answer(done.returncode == 0, said)


def written(folder: Path, name: str, code: str) -> Path:
    path = folder / name
    path.write_text(code)
    return path


def read(command: list, what: str):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{what}: {done.stdout}{done.stderr}"


def without(name: str, language: str) -> str | None:
    """Why the syntax is not read."""
    return None if shutil.which(name) else f"{language}: {name} is not here, so its syntax was not read"


def read_swift(code: str, folder: Path):
    """With a build of the library beside it, its types are checked too."""
    swiftc = os.environ.get("SIGNET_SWIFTC") or shutil.which("swiftc")
    if not swiftc:
        return without("swiftc", "Swift")
    build = Path(os.environ.get("SIGNET_SWIFT_BUILD") or ROOT / ".build/debug").resolve()
    check = ["-parse"]
    if (build / "Modules/JOSE.swiftmodule").exists():
        headers = [*build.parents[1].glob("checkouts/*/Sources/C*/include")]
        check = ["-typecheck", "-swift-version", "6", "-I", build / "Modules", "-I", ROOT / "Sources/COpenSSL"]
        check += [part for path in build.glob("*.build/module.modulemap") for part in ("-Xcc", f"-fmodule-map-file={path}")]
        check += [part for path in headers for part in ("-Xcc", f"-I{path}")]
    read([swiftc, *check, written(folder, "main.swift", code)], "Swift")


def read_rust(code: str, folder: Path):
    """The compiler complains of the missing library, and of nothing that it reads before it looks for one."""
    if reason := without("rustc", "Rust"):
        return reason
    done = subprocess.run(
        ["rustc", "--edition", "2021", "--emit", "metadata", "-o", folder / "none", written(folder, "main.rs", code)],
        capture_output=True, text=True, timeout=120)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert all(re.match(r"error\[E043[23]\]|error: (aborting|cannot find macro)", line) for line in errors) and errors, done.stderr


JAVA_READER = """
import com.sun.source.util.JavacTask;
import java.util.List;
import javax.tools.*;

public class Reader {
    public static void main(String[] names) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        var files = compiler.getStandardFileManager(found, null, null).getJavaFileObjects(names);
        ((JavacTask) compiler.getTask(null, null, found, List.of(), null, files)).parse();
        found.getDiagnostics().forEach(System.err::println);
        System.exit(found.getDiagnostics().isEmpty() ? 0 : 1);
    }
}
"""


def read_java(code: str, folder: Path):
    if reason := without("javac", "Java"):
        return reason
    reader = written(folder, "Reader.java", JAVA_READER)
    read(["java", reader, written(folder, "Verify.java", code)], "Java")


def reader(language: str, name: str, file: str, *options: str):
    def read_it(code: str, folder: Path):
        return without(name, language) or read([name, *options, written(folder, file, code)], language)
    return read_it


READERS = {
    "node": reader("Node", "node", "verify.mjs", "--check"), "swift": read_swift, "rust": read_rust, "java": read_java,
    "go": reader("Go", "gofmt", "main.go", "-e"), "php": reader("PHP", "php", "verify.php", "--syntax-check"),
    "csharp": lambda code, folder: "C#: no compiler that only reads is known here, so its syntax was not read",
}
