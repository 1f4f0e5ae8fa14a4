import Annotations
import Catalog
import Foundation

// A store of many detections in a new catalog: how fast it is written, how large it is, how fast thresholds are counted.
//   store-benchmark CATALOG [DETECTIONS] [POINTS]

let path = CommandLine.arguments[1]
let detections = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2])! : 1_000_000
let pointsEach = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3])! : 100
let perPicture = 3
let pictures = (detections + perPicture - 1) / perPicture

/// xorshift64*: the same file on every machine.
nonisolated(unsafe) var state: UInt64 = 88_172_645_463_325_252
func draw() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 2_685_821_657_736_338_717
}
func unit() -> Double { Double(draw() >> 11) * 0x1p-53 }

// Outlines of 64 ellipses, and 256 sets of points, taken in turn: what is measured is writing, not drawing. Points lie as
// `infer` leaves them, row by row in each of ten charts, with (u, v) that follow the place and confidences that follow each
// other; the noise is such that a point takes as many bytes as with the network of Documentation/Results.md (5.5).
let (width, height) = (320, 240)
let masks = try (0..<64).map { index -> MaskRecord in
    let (a, b) = (12 + Double(index % 8) * 4, 16 + Double(index / 8) * 6)
    var pixels = [UInt8](repeating: 0, count: width * height)
    for x in 0..<width {
        for y in 0..<height {
            let (dx, dy) = ((Double(x) - 160) / a, (Double(y) - 120) / b)
            if dx * dx + dy * dy + 0.2 * sin(Double(y) * 0.1 + Double(index)) < 1 { pixels[x * height + y] = 1 }
        }
    }
    return MaskRecord(try RunLengthMask(columnMajor: pixels, height: height, width: width))
}
let sets = (0..<256).map { _ -> [CandidatePoint] in
    var points: [CandidatePoint] = []
    let charts = 10
    for chart in 0..<charts {
        let count = pointsEach * (chart + 1) / charts - pointsEach * chart / charts
        let columns = max(1, Int(Double(count).squareRoot().rounded()))
        let (left, top, sure) = (unit() * 150, unit() * 150, 60 + unit() * 120)
        func byte(_ value: Double, noise: Double) -> UInt8 {
            UInt8(min(255, max(1, value + (unit() - 0.5) * noise)))
        }
        for place in 0..<count {
            let (x, y) = (left + Double(place % columns) * 12, top + Double(place / columns) * 12)
            points.append(
                CandidatePoint(
                    x: byte(x, noise: 10), y: byte(y, noise: 10), chart: UInt8(1 + 2 * chart),
                    u: byte(90 + (x - left) * 1.5, noise: 24), v: byte(90 + (y - top) * 1.5, noise: 24),
                    foreground: byte(sure, noise: 28), part: byte(sure - 20, noise: 28),
                    uv: byte(150, noise: 14)))
        }
    }
    return points
}

func seconds<T>(_ body: () throws -> T) rethrows -> (T, Double) {
    let start = ContinuousClock.now
    let result = try body()
    let spent = ContinuousClock.now - start
    return (result, Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18)
}

let catalog = try CatalogFile.create(at: path)
let media = try catalog.write(command: "pictures", isBulk: true) { writer -> [Int64] in
    let dataset = try writer.addDataset(named: "traps", format: "synthesis")
    _ = try writer.add(CategoryRecord(datasetID: dataset, sourceID: 1, name: "chimpanzee"))
    let root = try writer.root(named: "traps", path: nil)
    let inserter = try MediumInserter(writer)
    let sites = try (0..<40).map { try writer.site(named: "site \($0)") }
    return try (0..<pictures).map { index in
        var medium = MediumRecord(rootID: root, path: "\(index).jpg", width: width, height: height)
        (medium.siteID, medium.infrared) = (sites[index % 40], index % 5 == 0)
        let id = try inserter.add(medium).id
        try inserter.link(id, to: dataset, sourceID: nil)
        return id
    }
}

let (_, written) = try seconds {
    var operation: Int64?
    for start in stride(from: 0, to: pictures, by: 10_000) {
        try catalog.write(command: "store", isBulk: true, continuing: operation) { writer in
            operation = writer.operationID
            let dataset = try writer.dataset(named: "traps").id
            let run =
                try start == 0
                ? writer.addRun(named: "teacher", kind: .predictions) : writer.run(named: "teacher").id
            let category = try writer.category(named: "chimpanzee", in: dataset)
            let (instances, store) = (try InstanceInserter(writer), try StoreInserter(writer, run: run))
            for picture in start..<min(start + 10_000, pictures) {
                var first: Int64 = 0
                var objects: [(detection: StoredDetection, points: [CandidatePoint])] = []
                for object in 0..<min(perPicture, detections - picture * perPicture) {
                    let score = unit()
                    var record = InstanceRecord(
                        datasetID: dataset, runID: run, mediumID: media[picture], categoryID: category)
                    record.box = Box(x: unit() * 200, y: unit() * 100, width: 100, height: 120)
                    (record.score, record.area) = (score, 9000)
                    var parts = InstanceParts()
                    parts.mask = masks[Int(draw() % 64)]
                    let id = try instances.add(record, parts)
                    if object == 0 { first = id }
                    var detection = StoredDetection(score: score)
                    let bits = draw()
                    for (index, key) in [\StoredDetection.mask, \.foreground, \.part, \.uv].enumerated() {
                        detection[keyPath: key] = max(1, UInt8(truncatingIfNeeded: bits >> UInt64(8 * index)))
                    }
                    detection.box = SIMD4(repeating: max(1, UInt8(truncatingIfNeeded: bits >> 40)))
                    objects.append((detection, sets[Int(bits >> 56)]))
                }
                try store.add(medium: media[picture], firstInstance: first, objects)
            }
        }
    }
}
let total = detections * pointsEach
let maskBytes = Double(masks.reduce(0) { $0 + $1.data.count }) / 64
var status = stat()
stat(path, &status)
func line(_ name: String, _ value: String) {
    print(name + String(repeating: " ", count: max(1, 46 - name.count)) + value)
}
line("detections, points", "\(detections), \(total)")
line("written, million points a second", String(format: "%.2f (%.1f s)", Double(total) / written / 1e6, written))
line(
    "file, and for 100 million points",
    String(format: "%.0f MB, %.0f MB", Double(status.st_size) / 1e6, Double(status.st_size) / Double(total) * 100))

line("of these a mask", String(format: "%.0f bytes", maskBytes))

for (name, condition) in [
    ("score >= 0.8", { $0.score >= 0.8 }), ("foreground and parts sure", { $0.foreground > 180 && $0.part > 180 }),
    ("uv and box sure", { $0.uv < 60 && $0.boxDeviation < 60 }),
] as [(String, (StoredDetection) -> Bool)] {
    var times: [Double] = []
    var counts = StoredCounts()
    for _ in 0..<5 {
        let (found, time) = try seconds {
            try catalog.read { try $0.storedCounts(ofRun: $0.run(named: "teacher").id, where: condition) }
        }
        (counts, times) = (found, times + [time])
    }
    line(
        "count: \(name)",
        String(format: "%.0f ms", times.sorted()[2] * 1000)
            + " (\(counts.detections) detections, \(counts.points) points)")
}
let memory =
    try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
    .first { $0.hasPrefix("VmHWM") }?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
line("peak memory", String(format: "%.0f MB", memory / 1000))
