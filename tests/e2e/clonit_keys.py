"""Rolling keys at the command line, and what became of them."""

import unittest

from clonit_harness import ClonitTest


class Keys(ClonitTest):
    def setUp(self):
        super().setUp()
        self.home.sign_in()
        self.old = self.issue("laptop")

    def issue(self, label):
        return self.json("keys", "issue", "--label", label)

    def json(self, *arguments):
        done = self.home.run(*arguments, "--json", "--quiet")
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.json

    def whoami(self, key):
        return self.home.run("whoami", env={"CLONE_API_TOKEN": key})

    def test_both_keys_are_good_until_the_overlap_is_over(self):
        new = self.json("keys", "roll", self.old["id"], "--overlap", "0s")
        self.assertEqual(new["label"], "laptop")
        self.assertEqual(new["rolled_from"], self.old["id"])
        self.assertEqual(self.whoami(self.old["key"]).code, 0)
        self.assertEqual(self.whoami(new["key"]).code, 0)
        done = self.whoami(self.old["key"])
        self.assertEqual(done.code, 3, done.err)
        self.assertIn("key_expired", done.err)
        self.assertEqual(
            self.json("keys", "show", self.old["id"])["rolled_to"], new["id"])

    def test_raw_prints_the_new_key_alone(self):
        done = self.home.run("keys", "roll", self.old["id"], "--raw")
        self.assertRegex(done.out, r"^clone_u\w{50}\n$")

    def test_a_second_roll_waits_for_the_first(self):
        new = self.json("keys", "roll", self.old["id"])
        self.assert_fails(self.home.run("keys", "roll", self.old["id"]), 1,
                          "roll_pending")
        self.assertEqual(self.home.run("keys", "revoke", new["id"]).code, 0)
        self.json("keys", "roll", self.old["id"])

    def test_overlaps_have_units_and_bounds(self):
        for bad in ("1", "31d", "-1h", "1.5h", "1w"):
            self.assert_fails(
                self.home.run("keys", "roll", self.old["id"], "--overlap",
                              bad), 2)

    def test_the_trail_tells_of_one_key_and_of_all(self):
        new = self.json("keys", "roll", self.old["id"])
        self.whoami(new["key"])
        of_one = self.json("keys", "audit", self.old["id"])["audit"]
        self.assertEqual([row["action"] for row in of_one],
                         ["key_rolled", "key_issued"])
        self.assertIn(new["id"], of_one[0]["detail"])
        every = self.json("keys", "audit")["audit"]
        self.assertEqual([row["action"] for row in every],
                         ["key_first_used", "key_rolled", "key_issued",
                          "key_issued"])
        self.assert_fails(
            self.home.run("keys", "audit",
                          "00000000-0000-4000-8000-000000000000"), 1,
            "not_found")

    def test_a_trail_of_many_pages_comes_whole(self):
        for i in range(25):
            self.issue(str(i))
        self.assertEqual(len(self.json("keys", "audit")["audit"]), 26)


if __name__ == "__main__":
    unittest.main()
