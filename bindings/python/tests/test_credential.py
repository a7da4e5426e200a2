import copy
import pickle
import unittest

import support
from clone_auth import CloneAuthError, Credential, Scheme, StatusCode

_URL = "https://a.example/me"


class CredentialTest(unittest.TestCase):
    def setUp(self):
        self.scheme = support.scheme()
        self.key = self.scheme.prefix + "abcdefghijklmnop"

    def refusal(self, call, *arguments):
        with self.assertRaises(CloneAuthError) as caught:
            call(*arguments)
        return caught.exception.reason

    def test_the_prefix_alone_decides_the_header(self):
        key = Credential.parse(self.key, self.scheme).bind(_URL)
        self.assertEqual(key.shape, "api_key")
        self.assertEqual(key.header_for("GET", _URL),
                         (self.scheme.header, self.key))
        token = Credential.parse("x" + self.key, self.scheme).bind(_URL)
        self.assertEqual(token.shape, "bearer")
        self.assertEqual(token.header_for("GET", _URL),
                         ("Authorization", "Bearer x" + self.key))

    def test_the_default_scheme_is_clones(self):
        self.assertEqual(Credential.parse("clone_abc").shape, "api_key")

    def test_it_goes_nowhere_else(self):
        credential = Credential.parse(self.key, self.scheme)
        self.assertEqual(self.refusal(credential.header_for, "GET", _URL),
                         "foreign_origin")
        credential.bind(_URL)
        self.assertEqual(
            self.refusal(credential.header_for, "GET", "https://b.example/"),
            "foreign_origin")
        self.assertEqual(self.refusal(credential.bind, "http://a.example"),
                         "insecure_url")

    def test_what_cannot_stand_in_a_header_is_refused(self):
        for text in ("a b", "a\r\nb", "a\0b", "\u00e4", b"\xff", "\ud800"):
            with self.subTest(text=text):
                self.assertEqual(
                    self.refusal(Credential.parse, text, self.scheme),
                    "credential_malformed")
        self.assertEqual(self.refusal(Credential.parse, "", self.scheme),
                         "credential_missing")

    def test_an_error_says_code_reason_and_remedy(self):
        with self.assertRaises(CloneAuthError) as caught:
            Credential.parse("", self.scheme)
        error = caught.exception
        self.assertEqual(error.code, StatusCode.UNAUTHENTICATED)
        self.assertTrue(error.message and error.remedy)
        self.assertEqual(str(error), f"credential_missing: {error.message}")
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual(again.reason, error.reason)

    def test_a_scheme_has_a_prefix_and_a_header(self):
        self.assertEqual(self.refusal(Scheme, "Acme", "X-Acme-Key"),
                         "scheme_invalid")

    def test_the_secret_is_not_shown_and_not_copied(self):
        credential = Credential.parse(self.key, self.scheme)
        self.assertNotIn("abcdef", repr(credential) + str(credential))
        for copier in (copy.copy, copy.deepcopy, pickle.dumps):
            with self.assertRaises(TypeError):
                copier(credential)

    def test_it_is_freed_once_and_not_used_after(self):
        with Credential.parse(self.key, self.scheme) as credential:
            pass
        credential.close()
        with self.assertRaises(ValueError):
            credential.bind(_URL)

    def test_texts_are_str_or_bytes(self):
        for text in (None, 5, object()):
            with self.assertRaises(TypeError):
                Credential.parse(text, self.scheme)


if __name__ == "__main__":
    unittest.main()
