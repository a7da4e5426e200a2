import dataclasses
import datetime
import gc
import hashlib
import threading
import unittest
import uuid
import weakref

import support
from clone_auth import (ApiKey, ApiKeyRecord, ApiKeySealer, ApiKeyVerifier,
                        CloneAuthError, InMemoryApiKeyStore, StatusCode,
                        digest_api_key)

_HOUR = datetime.timedelta(hours=1)


class Shelf:
    """A store that holds one record, or raises."""

    def __init__(self, record=None, error=None):
        self.record, self.error, self.asked = record, error, []

    def find(self, digest):
        self.asked.append(digest)
        if self.error is not None:
            raise self.error
        return self.record


class ApiKeyTest(unittest.TestCase):
    def setUp(self):
        self.scheme = support.scheme()
        self.key = ApiKey.generate("organization", self.scheme)
        self.text = self.key.reveal()
        self.record = ApiKeyRecord(
            id=uuid.uuid4(), digest=digest_api_key(self.text),
            owner=uuid.uuid4(), organization=uuid.uuid4(),
            scope="organization", permissions=("pull", "push"),
            expires_at=support.NOW + _HOUR)

    def verifier(self, store, **options):
        options.setdefault("clock", lambda: support.NOW)
        return ApiKeyVerifier(store, self.scheme, **options)

    def refusal(self, store, text=None, **options):
        with self.assertRaises(CloneAuthError) as caught:
            self.verifier(store, **options).verify(text or self.text)
        return caught.exception

    def test_a_generated_key_reads_as_what_it_is(self):
        again = ApiKey.parse(self.text, self.scheme)
        self.assertEqual(again.kind, "organization")
        self.assertEqual(len(again.public_id), 12)
        self.assertEqual(again.display_prefix,
                         f"{self.scheme.prefix}o{again.public_id}")
        self.assertEqual(again.reveal(), self.text)
        self.assertNotIn(self.text, repr(again))

    def test_an_older_key_has_no_kind_and_no_public_id(self):
        older = ApiKey.parse(self.scheme.prefix + "a" * 20, self.scheme)
        self.assertIsNone(older.kind)
        self.assertIsNone(older.public_id)

    def test_an_altered_key_is_refused_by_its_form(self):
        with self.assertRaises(CloneAuthError) as caught:
            ApiKey.parse(self.text[:-1] + "!", self.scheme)
        self.assertEqual(caught.exception.reason, "key_malformed")

    def test_a_key_is_found_by_its_sha_256(self):
        self.assertEqual(self.record.digest,
                         hashlib.sha256(self.text.encode()).digest())

    def test_an_edited_row_of_a_table_is_nobodys(self):
        sealer = ApiKeySealer({3: b"p" * 32, 2: b"q" * 32})
        sealed = sealer.seal(self.record)
        self.assertEqual(sealed.pepper_id, 3)
        self.assertEqual(sealed.index,
                         sealer.indexes(self.record.digest)[0])
        self.assertNotIn(self.record.digest, sealed.row)
        self.assertTrue(sealer.holds(sealed, self.record))
        for change in ({"owner": uuid.uuid4()}, {"permissions": ("keys",)},
                       {"expires_at": None}, {"digest": b"d" * 32},
                       {"revoked_at": support.NOW}):
            edited = dataclasses.replace(self.record, **change)
            self.assertFalse(sealer.holds(sealed, edited), change)

    def test_a_pepper_has_32_bytes_and_an_id(self):
        for peppers in ({}, {1: b"short"}, {-1: b"p" * 32}):
            with self.assertRaises((CloneAuthError, ValueError)):
                ApiKeySealer(peppers)

    def test_a_stored_key_verifies_with_all_that_is_known(self):
        memory = InMemoryApiKeyStore()
        memory.insert(self.record)
        for store in (memory, Shelf(self.record)):
            found = self.verifier(store).verify(self.text)
            for name in ("id", "owner", "organization", "scope",
                         "permissions", "expires_at"):
                self.assertEqual(getattr(found, name),
                                 getattr(self.record, name))

    def test_a_key_lives_until_it_expires_or_is_revoked(self):
        store = InMemoryApiKeyStore()
        self.assertEqual(self.refusal(store).reason, "key_unknown")
        store.insert(self.record)
        store.set_expiry(self.record.id, support.NOW)
        self.assertEqual(self.refusal(store).reason, "key_expired")
        store.set_expiry(self.record.id, None)
        self.assertIsNone(self.verifier(store).verify(self.text).expires_at)
        store.revoke(self.record.id, support.NOW)
        self.assertEqual(self.refusal(store).reason, "key_revoked")
        with self.assertRaises(CloneAuthError) as caught:
            store.revoke(uuid.uuid4(), support.NOW)
        self.assertEqual(caught.exception.code, StatusCode.NOT_FOUND)

    def test_a_store_of_ones_own_is_asked_by_digest(self):
        shelf = Shelf()
        self.assertEqual(self.refusal(shelf).reason, "key_unknown")
        self.assertEqual(shelf.asked, [self.record.digest])

    def test_an_exception_in_a_store_never_grants(self):
        shelf = Shelf(self.record, RuntimeError("down"))
        error = self.refusal(shelf)
        self.assertEqual(error.reason, "store_unavailable")
        self.assertEqual(error.code, StatusCode.UNAVAILABLE)
        self.assertIs(error.__cause__, shelf.error)

    def test_an_interrupt_in_a_store_ends_the_verification(self):
        with self.assertRaises(KeyboardInterrupt):
            self.verifier(Shelf(error=KeyboardInterrupt())).verify(self.text)

    def test_nonsense_from_a_store_never_grants(self):
        for nonsense in (True, "key", object(), self.record.digest):
            self.assertEqual(self.refusal(Shelf(nonsense)).reason,
                             "store_unavailable")

    def test_a_store_may_verify_inside_of_a_look_up(self):
        inner = self.verifier(Shelf(self.record))

        class Nested:
            def find(_, digest):
                inner.verify(self.text)
                return self.record

        self.assertEqual(self.verifier(Nested()).verify(self.text).id,
                         self.record.id)

    def test_a_clock_that_raises_never_grants(self):
        def broken():
            raise RuntimeError("no time")
        store = Shelf(self.record)
        for clock in (broken, lambda: None, lambda: -1, lambda: 1e300,
                      lambda: float("nan"),
                      lambda: support.NOW.replace(tzinfo=None)):
            self.assertEqual(self.refusal(store, clock=clock).reason,
                             "internal")
        self.assertEqual(store.asked, [])

    def test_a_store_is_let_go_with_its_verifier(self):
        shelf = Shelf(self.record)
        gone = weakref.ref(shelf)
        verifier = self.verifier(shelf)
        del shelf
        gc.collect()
        self.assertIsNotNone(gone())
        verifier.close()
        gc.collect()
        self.assertIsNone(gone())

    def test_threads_share_a_verifier(self):
        verifier = self.verifier(Shelf(self.record))
        good = []
        threads = [threading.Thread(target=lambda: good.extend(
            verifier.verify(self.text).id for _ in range(50)))
            for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(good, [self.record.id] * 200)


if __name__ == "__main__":
    unittest.main()
