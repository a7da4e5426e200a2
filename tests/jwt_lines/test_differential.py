"""Mutated tokens through jwt-lines and through the reference of
tests/vectors/strict_ref.py: none may be accepted that the reference refuses.

As many as CLONE_AUTH_DIFFERENTIAL says; the first ones are always the same.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import random
import sys
import time
import unittest

import jwt_lines
import mutations
import signing

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "vectors"))
import strict_ref  # noqa: E402  (found by the line above)

_COUNT = int(os.environ.get("CLONE_AUTH_DIFFERENTIAL", "60000"))
_CHUNK = 5000


def judge_chunk(number):
    """How often each verdict came, and the rows that only we accept."""
    maker = mutations.Maker(random.Random(number), signing.make_keys())
    made = [maker.row() for _ in range(_CHUNK)]
    command = list(jwt_lines.MODES.values())[number % 2]
    answers = jwt_lines.run(
        command, [jwt_lines.verify_line(row) for row, _ in made])
    counts, wrong = collections.Counter(), []
    for (row, signed), answer in zip(made, answers, strict=True):
        good, why = strict_ref.verify(row)
        counts["signed"] += signed
        counts[answer["ok"], good] += 1
        if good and not answer["ok"]:
            counts["only we refuse: " + answer["reason"]] += 1
        if answer["ok"] and not good:
            wrong.append((why, json.dumps(row)))
    return counts, wrong


class DifferentialTest(unittest.TestCase):
    def test_nothing_is_accepted_that_the_reference_refuses(self):
        began, counts, wrong = time.monotonic(), collections.Counter(), []
        chunks = -(-_COUNT // _CHUNK)
        with concurrent.futures.ProcessPoolExecutor() as pool:
            for some, bad in pool.map(judge_chunk, range(chunks)):
                counts.update(some)
                wrong += bad
        total = chunks * _CHUNK
        print(f"{total} tokens in {time.monotonic() - began:.0f} s: "
              f"{counts[True, True]} accepted by both, "
              f"{counts[False, False]} refused by both, "
              f"{counts[False, True]} refused by us alone, "
              f"{counts[True, False]} accepted by us alone; "
              f"{counts['signed']} signed with the right key")
        for name, count in sorted((name, count) for name, count
                                  in counts.items() if "only we" in str(name)):
            print(f"{name} {count}")
        self.assertEqual(wrong[:3], [])
        # Else it would say little.
        self.assertGreater(counts["signed"], total / 5)
        self.assertGreater(counts[True, True], total / 20)
        self.assertLess(counts[False, True], total / 20)


if __name__ == "__main__":
    unittest.main()
