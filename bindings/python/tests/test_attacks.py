"""Every row of the tree's token attacks, through the C interface."""

import json
import pathlib
import unittest

from clone_auth import CloneAuthError, JwtVerifier

_ROWS = (pathlib.Path(__file__).parents[3]
         / "tests/vectors/jwt_attacks.jsonl")


def _known(name):
    try:
        JwtVerifier('{"keys":[]}', algorithms=[name], allow_any_issuer=True,
                    allow_any_audience=True)
    except CloneAuthError as error:
        return error.reason != "algorithm_unsupported"
    return True


def _accepts(row, algorithms):
    checks = {"issuer": "iss", "audience": "aud", "type": "typ"}
    options = {}
    for name, key in checks.items():
        if row[key] is None:
            options[f"allow_any_{name}"] = True
        else:
            options[f"{name}s"] = [row[key]]
    try:
        JwtVerifier(json.dumps(row["keys"]), algorithms=algorithms,
                    clock_skew=row["leeway"], clock=lambda: row["now"],
                    **options).verify(row["token"])
    except CloneAuthError as error:
        # Anything else would be a fault of ours, not of the token.
        assert error.reason != "internal", error
        return False
    return True


class AttacksTest(unittest.TestCase):
    def test_every_row_is_judged_as_it_must_be(self):
        text = _ROWS.read_text(encoding="utf-8")
        rows = [json.loads(line) for line in text.split("\n") if line]
        judged = 0
        for row in rows:
            algorithms = [a for a in row["alg_allowed"] if _known(a)]
            self.assertEqual(_accepts(row, algorithms),
                             row["expect"] == "accept", row["id"])
            judged += 1
        self.assertEqual(judged, 438)


if __name__ == "__main__":
    unittest.main()
