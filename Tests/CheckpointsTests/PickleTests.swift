import Testing

@testable import Checkpoints

@Suite struct PickleTests {
    private func read(_ pickle: PickleText) throws -> Checkpoint {
        let folder = try TemporaryFolder()
        return try Checkpoint.read(try folder.write(pickle.bytes, to: "a.pkl"))
    }

    private func reason(_ pickle: PickleText) -> String {
        do {
            _ = try read(pickle)
            return "no error"
        } catch let error as CheckpointError {
            return error.place + ": " + error.reason
        } catch {
            return "another error: \(error)"
        }
    }

    @Test func `classes that checkpoints do not need are refused by name`() {
        for (module, name) in [
            ("os", "system"), ("builtins", "eval"), ("posix", "system"), ("torch", "load"), ("torch.hub", "load"),
            ("numpy", "load"), ("subprocess", "Popen"), ("torch.storage", "_load_from_bytes"), ("codecs", "encode"),
        ] {
            let message = reason(
                PickleText {
                    $0.global(module, name)
                    $0.text("echo")
                    $0.raw(0x85)
                    $0.op("R")
                })
            #expect(message.contains("refers to “\(module).\(name)”, which is not allowed in a checkpoint"))
        }
    }

    @Test func `numbers, texts and containers of every kind read as they are`() throws {
        let checkpoint = try read(
            PickleText {
                $0.op("}(")
                $0.text("small")
                $0.op("K\u{7}")
                $0.text("negative")
                $0.int(-5)
                $0.text("long")
                $0.raw(0x8a, 3, 0xff, 0xff, 0xff)
                $0.text("word")
                $0.raw(0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x80)
                $0.text("beyond")
                $0.raw(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0)
                $0.text("double")
                $0.raw(0x47, 0xc0, 0x04, 0, 0, 0, 0, 0, 0)
                $0.text("list")
                $0.op("](NK\u{1}e")
                $0.text("old")
                $0.raw(0x55, 2, 0x61, 0xe4)
                $0.op("u")
            })
        #expect(checkpoint.value["small"]?.int == 7)
        #expect(checkpoint.value["negative"]?.int == -5)
        #expect(checkpoint.value["long"]?.int == -1)
        #expect(checkpoint.value["word"]?.int == Int.min)
        guard case .largeInt(let bytes) = checkpoint.value["beyond"], case .double(-2.5) = checkpoint.value["double"]
        else {
            Issue.record("\(checkpoint.value)")
            return
        }
        #expect(bytes == [0, 0, 0, 0, 0, 0, 0, 0x80, 0])
        #expect(checkpoint.value["list"]?.elements?[1].int == 1)
        #expect(checkpoint.value["old"]?.string == "aä")
    }

    @Test func `a key that is set twice holds its last value in its first place`() throws {
        let checkpoint = try read(
            PickleText {
                $0.op("}(")
                for (key, value) in [("a", 1), ("b", 2), ("a", 3)] as [(String, Int32)] {
                    $0.text(key)
                    $0.int(value)
                }
                $0.op("u")
            })
        let entries = try #require(checkpoint.value.dictionary?.entries)
        #expect(entries.map(\.key) == [.string("a"), .string("b")])
        #expect(entries.map(\.value.int) == [3, 2])
    }

    @Test func `lists that contain themselves are refused`() {
        let message = reason(
            PickleText {
                $0.op("]q\u{0}h\u{0}a")
            })
        #expect(message.hasSuffix("holds a list or dictionary that contains itself"))
    }

    @Test func `nesting deeper than 64 is refused, and a hundred thousand levels do no harm`() throws {
        let deep = PickleText {
            $0.op(String(repeating: "]", count: 100_000))
            $0.op(String(repeating: "a", count: 99_999))
        }
        #expect(reason(deep).hasSuffix("is nested deeper than 64 levels"))
        let shallow = PickleText {
            $0.op(String(repeating: "]", count: 64))
            $0.op(String(repeating: "a", count: 63))
        }
        #expect(reason(shallow) == "no error")
    }

    @Test func `lists that refer to each other again and again are refused`() {
        // Thirty levels of pairs of the level below: a billion values in 200 bytes.
        let message = reason(
            PickleText {
                $0.op("]")
                for level in 0..<30 as Range<UInt8> {
                    $0.raw(0x71, level, 0x30, 0x28, 0x68, level, 0x68, level, 0x6c)
                }
            })
        #expect(message.contains("refers to the same lists again and again"))
    }

    @Test func `a namespace that is filled with itself does not grow`() throws {
        let checkpoint = try read(
            PickleText {
                $0.op("}(")
                $0.text("a")
                $0.op("K\u{1}uq\u{0}")
                for _ in 0..<60 { $0.op("h\u{0}b") }
            })
        #expect(checkpoint.value.dictionary?.entries.count == 1)
    }

    @Test(arguments: [
        ("t", "a mark is missing"), ("K", "should follow"), ("h\u{7}", "memo 7 was never filled"),
        ("a", "stack is empty"), ("K\u{1}K\u{2}", "ends with values left over"), ("K\u{1}K\u{2}a", "else than a list"),
        ("}(K\u{1}u", "a key without a value"), ("X\u{7f}\u{7f}\u{7f}\u{7f}ab", "should follow"),
        ("K\u{1})R", "something else than a class is called"), ("I1\n", "instruction 0x49"),
        ("}(}K\u{1}u", "a key that is neither text nor integer"),
    ])
    func `damaged pickles are told what is wrong`(instructions: String, expected: String) {
        let message = reason(PickleText { $0.op(instructions) })
        #expect(message.contains(expected), "\(message)")
        #expect(message.contains("pickle"))
    }
}
