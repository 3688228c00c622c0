"""The same encrypted tokens, good and damaged, opened by us and by other implementations: every difference is explained.

SIGNET_DIFFERENTIAL says how many tokens (2,500, and those of the makers; `make proof-differential` takes 100,000),
SIGNET_DIFFERENTIAL_SEED which.
"""

import os
from collections import Counter

import pytest

from differential_comparison import ask_signet, check_table, compare, complain_about_wrong, shown
from differential_decryption_peers import PEERS
from differential_decryption_table import EXPLAINED
from differential_encrypted_tokens import KINDS, LONG, cases
from token_mint import unb64

COUNT = int(os.environ.get("SIGNET_DIFFERENTIAL", "2500"))
SEED = int(os.environ.get("SIGNET_DIFFERENTIAL_SEED", "1"))

@pytest.fixture(scope="module")
def judged():
    """Every case with our answer."""
    asked = cases(COUNT, SEED)
    return list(zip(asked, ask_signet("decrypt", asked, "--allow-pbes2")))


def opened(answer: dict) -> bytes:
    return unb64(answer["plaintext"].encode())


@pytest.mark.timeout(7200)
def test_we_say_what_we_must(judged):
    """Each kind of damage is refused and nothing good is, whatever anybody else says; what is opened is what was closed."""
    wrong = [(case, answer) for case, answer in judged
             if answer["ok"] != case.expected or answer["ok"] and opened(answer) != case.content]
    complain_about_wrong(wrong, len(judged))


def test_failures_of_decryption_look_alike(judged):
    """RFC 7516 section 11.5: nobody learns whether key, padding or tag was wrong."""
    details = Counter(answer["detail"] for _, answer in judged if answer.get("code") == "decryption-failed")
    assert len(details) == 1, details


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("make", PEERS, ids=lambda make: make.name)
def test_every_difference_is_explained(make, judged):
    peer = make()
    answers = peer.answers([case for case, _ in judged])
    unlike = [(case, ours) for (case, ours), theirs in zip(judged, answers)
              if ours["ok"] and theirs is not False and opened(ours) != theirs]
    assert not unlike, f"{len(unlike)} opened to different contents\n" + "\n".join(shown(*one) for one in unlike[:3])
    used = compare(peer, judged, EXPLAINED, answers)
    if COUNT >= LONG:  # So many tokens need every row.
        unused = [row for index, row in enumerate(EXPLAINED) if peer.name in row[0].split() and not used[index]]
        assert not unused, f"{peer.name} differs no more in what these rows explain:\n" + "\n".join(map(str, unused))


def test_every_explanation_explains_a_kind_of_token(judged):
    check_table(EXPLAINED, PEERS, KINDS)
