"""The same tokens, good and damaged, before us and before other implementations: every difference is explained.

SIGNET_DIFFERENTIAL says how many tokens (3,000; `make proof-differential` takes 100,000), SIGNET_DIFFERENTIAL_SEED which.
"""

import fnmatch
import json
import os
import subprocess
from collections import Counter, defaultdict

import pytest

from differential_keys import ALGORITHMS
from differential_peers import PEERS
from differential_table import EXPLAINED
from differential_tokens import KINDS, cases
from signet_process import binary

COUNT = int(os.environ.get("SIGNET_DIFFERENTIAL", "3000"))
SEED = int(os.environ.get("SIGNET_DIFFERENTIAL_SEED", "1"))


def ask_signet(asked, *flags) -> list[dict]:
    """`signet verify --batch`: one line for each token, one answer for each line."""
    lines = "".join(json.dumps({"token": case.token, "key": case.key}) + "\n" for case in asked)
    done = subprocess.run(
        [binary(), "verify", "--batch", *flags], input=lines.encode(), capture_output=True, timeout=3600)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(asked)
    return answers


@pytest.fixture(scope="module")
def algorithms():
    """What this build of the binary knows; the run prints what it leaves out."""
    probes = cases_of_one_kind("untouched", ALGORITHMS)
    known = [case.alg for case, answer in zip(probes, ask_signet(probes, "--signature-only")) if answer["ok"]]
    if left_out := sorted(set(ALGORITHMS) - set(known)):
        print(f"\nnot in this build, left out: {', '.join(left_out)}")
    assert {"HS256", "RS256", "ES256", "Ed25519"} <= set(known)
    return known


def cases_of_one_kind(name, algorithms):
    import random

    from differential_keys import Key
    from differential_tokens import Case, TokenBench
    dice = random.Random(SEED)
    made = []
    for alg in algorithms:
        keys = {alg: [Key(alg, f"{alg}-key", dice)] * 2}
        make, expected, *_ = KINDS[name]
        made.append(Case(name, alg, make(TokenBench(alg, keys, dice)), keys[alg][0].jwk(), expected))
    return made


@pytest.fixture(scope="module")
def judged(algorithms):
    """Every case with our answer."""
    asked = cases(COUNT, SEED, algorithms)
    answers = {}
    for claims, flags in ((False, ["--signature-only"]), (True, [])):
        chosen = [index for index, case in enumerate(asked) if case.claims == claims]
        answers |= dict(zip(chosen, ask_signet([asked[index] for index in chosen], *flags)))
    return [(case, answers[index]) for index, case in enumerate(asked)]


def shown(case, answer) -> str:
    return f"{case.kind} / {case.alg}: {answer.get('code', 'accepted')}\n    {case.token[:1500]}\n    {json.dumps(case.key)[:1500]}"


@pytest.mark.timeout(3600)
def test_we_say_what_we_must(judged):
    """Each kind of damage is refused and nothing good is, whatever anybody else says."""
    wrong = [(case, answer) for case, answer in judged if answer["ok"] != case.expected]
    kinds = Counter(f"{case.kind} / {case.alg} / {answer.get('code', 'accepted')}" for case, answer in wrong)
    examples = "\n".join(shown(*one) for one in wrong[:3])
    assert not wrong, f"{len(wrong)} of {len(judged)}\n{kinds}\n{examples}"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("make", PEERS, ids=lambda make: make.name)
def test_every_difference_is_explained(make, judged):
    peer = make()
    if peer.missing:
        pytest.skip(f"{peer.missing}: not compared")
    asked, agreed = 0, 0
    unexplained, used = defaultdict(list), Counter()
    answers = peer.answers([case for case, _ in judged])
    for (case, ours), theirs in zip(judged, answers):
        if theirs is None:
            continue
        asked += 1
        if theirs == ours["ok"]:
            agreed += 1
            continue
        stricter = "we" if theirs else "they"
        if (row := explanation(peer.name, case, stricter)) is not None:
            used[row] += 1
        else:
            unexplained[f"{stricter} refuse: {case.kind}"].append((case, ours))
    print(f"\n{peer.name}: {asked} tokens, {agreed} alike, {sum(used.values())} explained differences")
    for row, times in used.most_common():
        print(f"  {times:6} {EXPLAINED[row][2]} refuse: {EXPLAINED[row][1]}: {EXPLAINED[row][3]}")
    told = "\n".join(
        f"{len(found)} × {name} ({', '.join(sorted({case.alg for case, _ in found}))})\n  {shown(*found[0])}"
        for name, found in sorted(unexplained.items()))
    assert not unexplained, f"{peer.name} differs without an explanation:\n{told}"


def explanation(peer, case, stricter):
    for row, (peers, kind, who, _) in enumerate(EXPLAINED):
        if who == stricter and (peers == "*" or peer in peers.split()) and fnmatch.fnmatchcase(case.kind, kind):
            return row
    return None


def test_every_explanation_explains_a_kind_of_token():
    known = {make.name for make in PEERS}
    cases(1, 1, ["HS256"])
    for peers, kind, who, why in EXPLAINED:
        assert peers == "*" or set(peers.split()) <= known
        assert fnmatch.filter(KINDS, kind), f"no kind is called {kind}"
        assert who in ("we", "they") and len(why) > 20
