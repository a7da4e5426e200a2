"""Every row of tests/vectors/jwt_attacks.jsonl through jwt-lines."""

import collections
import json
import pathlib
import unittest

import jwt_lines

_ROWS = pathlib.Path(__file__).parents[1] / "vectors/jwt_attacks.jsonl"


class AttacksTest(unittest.TestCase):
    def judge(self, mode):
        text = _ROWS.read_text(encoding="utf-8")
        rows = [json.loads(line) for line in text.split("\n") if line]
        all_of, right = collections.Counter(), collections.Counter()
        slowest = 0.0
        with jwt_lines.Session(jwt_lines.MODES[mode]) as session:
            for row in rows:
                line = jwt_lines.verify_line(row)
                answer, spent = session.timed(line)
                as_expected = answer["ok"] == (row["expect"] == "accept")
                self.assertTrue(as_expected, (row["id"], answer))
                if not answer["ok"]:
                    self.assertNotIn(answer["reason"], ("internal", ""),
                                     row["id"])
                if row["max_ms"] is not None:
                    slowest = max(slowest, spent)
                    # The limit is the token's; reading a line of a megabyte
                    # is not, and takes long under a sanitizer.
                    reading = session.timed(line.replace("verify", "none", 1))
                    self.assertLessEqual(spent - reading[1], row["max_ms"],
                                         row["id"])
                all_of[row["class"]] += 1
                right[row["class"]] += as_expected
        self.assertEqual(session.status, 0)
        print(f"{mode}: " + ", ".join(
            f"{name} {right[name]}/{all_of[name]} "
            f"{'accepted' if name == 'valid' else 'refused'}"
            for name in ("forge", "spec", "strict", "dos", "valid"))
              + f"; {slowest:.1f} ms for the slowest line with a limit")
        self.assertEqual(sum(all_of.values()), 438)
        self.assertEqual(all_of["valid"], 33)

    def test_every_row_is_judged_as_it_must_be(self):
        self.judge("C++")

    def test_every_row_is_judged_alike_by_the_c_interface(self):
        self.judge("C")


if __name__ == "__main__":
    unittest.main()
