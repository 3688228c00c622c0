"""What every differential run does: ask `signet` in a batch, compare with a peer, and look each difference up."""

import fnmatch
import json
import subprocess
from collections import Counter, defaultdict

from signet_process import binary


def ask_signet(command: str, asked, *flags) -> list[dict]:
    """`signet COMMAND --batch`: one line for each token, one answer for each line."""
    lines = "".join(json.dumps({"token": case.token, "key": case.key}) + "\n" for case in asked)
    done = subprocess.run(
        [binary(), command, "--batch", *flags], input=lines.encode(), capture_output=True, timeout=3600)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(asked)
    return answers


def shown(case, answer) -> str:
    said = answer.get("code", "accepted")
    return f"{case.kind} / {case.alg}: {said}\n    {case.token[:1500]}\n    {json.dumps(case.key)[:1500]}"


def complain_about_wrong(wrong, total: int):
    """Fails when there are cases whose answer is not the one that the kind of token calls for."""
    kinds = Counter(f"{case.kind} / {case.alg} / {answer.get('code', 'accepted')}" for case, answer in wrong)
    examples = "\n".join(shown(*one) for one in wrong[:3])
    assert not wrong, f"{len(wrong)} of {total}\n{kinds}\n{examples}"


def compare(peer, judged, table, answers=None) -> Counter:
    """Fails when the peer accepts what we refuse, or the other way round, and no row of the table says why.

    `answers` are the peer's, where it has been asked already. Answers how often each row was needed.
    """
    asked, agreed = 0, 0
    unexplained, used = defaultdict(list), Counter()
    answers = answers or peer.answers([case for case, _ in judged])
    for (case, ours), theirs in zip(judged, answers):
        if theirs is None:
            continue
        asked += 1
        accepted = theirs is not False
        if accepted == ours["ok"]:
            agreed += 1
            continue
        stricter = "we" if accepted else "they"
        if (row := explanation(table, peer.name, case, stricter)) is not None:
            used[row] += 1
        else:
            unexplained[f"{stricter} refuse: {case.kind}"].append((case, ours))
    print(f"\n{peer.name}: {asked} tokens, {agreed} alike, {sum(used.values())} explained differences")
    for row, times in used.most_common():
        print(f"  {times:6} {table[row][2]} refuse: {table[row][1]}: {table[row][3]}")
    told = "\n".join(
        f"{len(found)} × {name} ({', '.join(sorted({case.alg for case, _ in found}))})\n  {shown(*found[0])}"
        for name, found in sorted(unexplained.items()))
    assert not unexplained, f"{peer.name} differs without an explanation:\n{told}"
    return used


def explanation(table, peer: str, case, stricter: str) -> int | None:
    for row, (peers, kind, who, _) in enumerate(table):
        if who == stricter and (peers == "*" or peer in peers.split()) and fnmatch.fnmatchcase(case.kind, kind):
            return row
    return None


def check_table(table, peers, kinds):
    """Every row names peers and a kind of token that there are, and gives a reason."""
    known = {make.name for make in peers}
    for names, kind, who, why in table:
        assert names == "*" or set(names.split()) <= known
        assert fnmatch.filter(kinds, kind), f"no kind is called {kind}"
        assert who in ("we", "they") and len(why) > 20
