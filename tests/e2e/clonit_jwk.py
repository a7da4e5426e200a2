"""Keys at the command line: made, read back and put into other forms."""

import json
import subprocess
import unittest

from clonit_harness import Home

ALGORITHMS = [family + size for family in ("HS", "RS", "PS", "ES")
              for size in ("256", "384", "512")] + [
                  "EdDSA", "Ed25519", "Ed448"]
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}


class Jwk(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def jwk(self, *arguments, stdin="", code=0):
        done = self.home.run("jwk", *arguments, stdin=stdin)
        self.assertEqual(done.code, code, done.out + done.err)
        return done

    def test_a_new_key_of_every_algorithm_has_a_public_half(self):
        for algorithm in ALGORITHMS:
            with self.subTest(algorithm):
                made = self.jwk("generate", "--algorithm", algorithm).out
                key = json.loads(made)
                self.assertEqual(key["alg"], algorithm)
                self.assertEqual(
                    self.jwk("thumbprint", stdin=made).out.strip(), key["kid"])
                if algorithm.startswith("HS"):
                    refused = self.jwk("public", stdin=made, code=1)
                    self.assertIn("no public half", refused.err)
                    continue
                half = json.loads(self.jwk("public", stdin=made).out)
                self.assertEqual(half, {name: value for name, value
                                        in key.items()
                                        if name not in PRIVATE})

    def test_pem_and_back_is_the_same_key(self):
        for algorithm in ("RS256", "ES512", "Ed25519"):
            made = self.jwk("generate", "--algorithm", algorithm,
                            "--kid", "k").out
            pem = self.jwk("convert", "--to", "pem", stdin=made).out
            self.assertTrue(pem.startswith("-----BEGIN PRIVATE KEY-----\n"))
            back = self.jwk("convert", "--algorithm", algorithm, "--kid", "k",
                            stdin=pem).out
            self.assertEqual(back, made)
            half = self.jwk("public", "--to", "pem", stdin=made).out
            self.assertTrue(half.startswith("-----BEGIN PUBLIC KEY-----\n"))
            self.assertEqual(self.jwk("public", "--to", "pem", stdin=pem).out,
                             half)

    def test_openssl_reads_what_is_written(self):
        pem = self.jwk("generate", "--algorithm", "ES256", "--to", "pem").out
        read = subprocess.run(["openssl", "pkey", "-pubout"], input=pem,
                              text=True, capture_output=True, check=True)
        self.assertEqual(self.jwk("public", "--to", "pem", stdin=pem).out,
                         read.stdout)

    def test_a_key_may_come_from_a_file(self):
        path = self.home.folder / "key.jwk"
        path.write_text(self.jwk("generate", "--algorithm", "ES256").out)
        name = json.loads(path.read_text())["kid"]
        self.assertEqual(self.jwk("thumbprint", str(path)).out, name + "\n")
        done = self.jwk("--json", "thumbprint", str(path))
        self.assertEqual(done.json, {"thumbprint": name})

    def test_pem_does_not_say_what_it_is_for(self):
        pem = self.jwk("generate", "--algorithm", "RS256", "--to", "pem").out
        self.assertIn("--algorithm", self.jwk("convert", stdin=pem, code=1).err)
        self.jwk("thumbprint", stdin=pem)
        self.assertIn("key_set_malformed",
                      self.jwk("convert", "--algorithm", "ES256", stdin=pem,
                               code=1).err)

    def test_what_is_no_key_is_refused_with_a_reason(self):
        for text, words in (("", "no key to read"),
                            ("{", "json_malformed"),
                            ("{}", "key_set_malformed"),
                            ("x" * 70_000, "64 KiB"),
                            ("-----BEGIN", "pem_malformed"),
                            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAQID\n"
                             "-----END ENCRYPTED PRIVATE KEY-----\n",
                             "key_encrypted")):
            with self.subTest(text[:20]):
                done = self.jwk("thumbprint", stdin=text, code=1)
                self.assertIn(words, done.err)
                self.assertEqual(done.out, "")
        self.assertIn("cannot read", self.jwk("thumbprint", "missing",
                                              code=1).err)
        self.assertIn("algorithm_unsupported",
                      self.jwk("generate", "--algorithm", "none", code=1).err)
        self.jwk("generate", code=2)
        self.jwk("convert", "--to", "xml", code=2)

    def test_a_failure_does_not_repeat_the_key(self):
        key = json.loads(self.jwk("generate", "--algorithm", "ES256").out)
        key["x"] = key["y"]
        done = self.jwk("convert", stdin=json.dumps(key), code=1)
        self.assertNotIn(key["d"], done.err + done.out)


if __name__ == "__main__":
    unittest.main()
