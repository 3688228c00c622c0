"""The same tokens, good and damaged, before us and before other implementations: every difference is explained.

SIGNET_DIFFERENTIAL says how many tokens (3,000; `make proof-differential` takes 100,000), SIGNET_DIFFERENTIAL_SEED which.
"""

import os

import pytest

from differential_comparison import ask_signet, check_table, compare, complain_about_wrong
from differential_keys import ALGORITHMS
from differential_peers import PEERS
from differential_table import EXPLAINED
from differential_tokens import KINDS, cases

COUNT = int(os.environ.get("SIGNET_DIFFERENTIAL", "3000"))
SEED = int(os.environ.get("SIGNET_DIFFERENTIAL_SEED", "1"))


@pytest.fixture(scope="module")
def algorithms():
    """What this build of the binary knows; the run prints what it leaves out."""
    probes = cases_of_one_kind("untouched", ALGORITHMS)
    known = [case.alg for case, answer in zip(probes, ask_signet("verify", probes, "--signature-only")) if answer["ok"]]
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
        answers |= dict(zip(chosen, ask_signet("verify", [asked[index] for index in chosen], *flags)))
    return [(case, answers[index]) for index, case in enumerate(asked)]


@pytest.mark.timeout(3600)
def test_we_say_what_we_must(judged):
    """Each kind of damage is refused and nothing good is, whatever anybody else says."""
    wrong = [(case, answer) for case, answer in judged if answer["ok"] != case.expected]
    complain_about_wrong(wrong, len(judged))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("make", PEERS, ids=lambda make: make.name)
def test_every_difference_is_explained(make, judged):
    peer = make()
    if peer.missing:
        pytest.skip(f"{peer.missing}: not compared")
    compare(peer, judged, EXPLAINED)


def test_every_explanation_explains_a_kind_of_token():
    cases(1, 1, ["HS256"])  # Registers the kinds of every file.
    check_table(EXPLAINED, PEERS, KINDS)
