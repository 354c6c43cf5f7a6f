#!/usr/bin/env python3
"""Runs the auditor against the vectors of ../spec/vectors and against the sample beside it, whole and tampered with."""
import contextlib, io, json, os, shutil, sys, tempfile, unittest
import entente_audit as audit

HERE = os.path.dirname(os.path.abspath(__file__))
BROKEN = (audit.Refused, ValueError, KeyError, IndexError, TypeError, AttributeError)


def vectors(name):
    with open(os.path.join(HERE, "..", "spec", "vectors", f"{name}.json"), encoding="utf-8") as file:
        return json.load(file)


def verify(directory, trust=os.path.join(HERE, "sample", "trust.txt")):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = audit.main([directory, "--trust", trust])
    return code, out.getvalue()


class Vectors(unittest.TestCase):
    def each(self, cases, check):
        for case in cases:
            with self.subTest(case["name"] if "name" in case else case["comment"]):
                check(case)

    def refuses(self, work):
        with self.assertRaises(BROKEN):
            work()

    def test_canonical_cbor(self):
        both = vectors("canonical-cbor")
        self.each(both["valid"], lambda v: audit.cbor(bytes.fromhex(v["hex"])))
        self.each(both["invalid"], lambda v: self.refuses(lambda: audit.cbor(bytes.fromhex(v["hex"]))))

    def test_ed25519(self):
        both = vectors("ed25519")
        self.each(both["keys"], lambda v: self.assertEqual(audit.admit(bytes.fromhex(v["publicKey"])), v["valid"]))
        self.each(both["signatures"], lambda v: self.assertEqual(
            audit.valid_signature(bytes.fromhex(v["publicKey"]), bytes.fromhex(v["message"]), bytes.fromhex(v["signature"])), v["valid"]))

    def test_charter_chains(self):
        both = vectors("charter")
        entries = lambda v: [(e, i, both["notes"][n]) for e, i, n in v["chain"]]
        chains = lambda part: [v for v in both[part] if v["kind"] == "chain"]
        self.each(chains("valid"), lambda v: self.assertEqual(
            audit.sha(audit.check_chain(entries(v))[0]["text"].encode()).hex(), v["id"]))
        self.each(chains("invalid"), lambda v: self.refuses(lambda: audit.check_chain(entries(v))))

    def test_chain_files(self):
        both = vectors("chain-file")
        self.each(both["valid"], lambda v: self.assertEqual(audit.parse_chain_file(v["text"])[:2], (v["authority"], v["id"])))

    def test_inclusion(self):
        def root(v):
            return audit.inclusion_root(int(v["index"]), int(v["size"]), bytes.fromhex(v["leafHash"]), [bytes.fromhex(h) for h in v["proof"]]).hex()
        both = vectors("merkle-tree")
        self.each([v for v in both["valid"] if v["kind"] == "inclusion"], lambda v: self.assertEqual(root(v), v["root"]))

        def wrong(v):
            try:
                self.assertNotEqual(root(v), v["root"])
            except BROKEN:
                pass
        self.each([v for v in both["invalid"] if v["kind"] == "inclusion"], wrong)

    def test_parts(self):
        both = vectors("part")
        parts = lambda part: [v for v in both[part] if v["what"] == "part"]

        def check(v):
            data = bytes.fromhex(v["hex"])
            header, content = audit.check_part(data, bytes.fromhex(v["digest"]), v["size"], bytes.fromhex(v["owner"]))
            self.assertEqual((header["name"], header["type"], content.hex()), (v["fileName"], v["type"], v["content"]))
        self.each(parts("valid"), check)


class Sample(unittest.TestCase):
    def test_whole(self):
        for name in ("entry", "entry-withheld", "log"):
            with self.subTest(name):
                code, out = verify(os.path.join(HERE, "sample", name))
                self.assertEqual(code, 0, out)

    def test_one_flipped_bit_anywhere(self):
        for name in ("entry", "log"):
            root = os.path.join(HERE, "sample", name)
            for folder, _, files in os.walk(root):
                for file in files:
                    if file == "README.txt":
                        continue
                    path = os.path.relpath(os.path.join(folder, file), root)
                    with self.subTest(f"{name}/{path}"), tempfile.TemporaryDirectory() as copy:
                        shutil.copytree(root, copy, dirs_exist_ok=True)
                        with open(os.path.join(copy, path), "r+b") as opened:
                            data = bytearray(opened.read())
                            # A cosignature that nobody knows any more is not judged: hit the log's own signature.
                            own = data.find(b"\xe2\x80\x94 nvwa.nl ")
                            data[own + 40 if file in ("entry.tlog-proof", "checkpoint") else len(data) // 2] ^= 1
                            opened.seek(0)
                            opened.write(data)
                        self.assertEqual(verify(copy)[0], 1)

    def test_another_trust(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as trust:
            trust.write("authority nvwa.nl " + "00" * 32 + "\n")
            trust.flush()
            self.assertEqual(verify(os.path.join(HERE, "sample", "entry"), trust.name)[0], 1)

    def test_what_nobody_verified(self):
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(os.path.join(HERE, "sample", "entry"), copy, dirs_exist_ok=True)
            with open(os.path.join(copy, "extra.txt"), "w") as extra:
                extra.write("believe me")
            self.assertEqual(verify(copy)[0], 1)


class Counted(unittest.TextTestResult):
    """A subtest counts as a test, so that the last line says how many vectors were run."""
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        self.passed += err is None


if __name__ == "__main__":
    result = unittest.main(exit=False, testRunner=unittest.TextTestRunner(resultclass=Counted)).result
    bad = len(result.failures) + len(result.errors)
    print(f"Tests: {result.passed} passed, {bad} failed, {len(result.skipped)} skipped")
    sys.exit(1 if bad else 0)
