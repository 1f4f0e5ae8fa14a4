import Foundation
import Geometry

/// Carries the dense points of a DensePose JSON file from one body's charts to another's.
struct AnnotationTransfer {
    struct Counts: Encodable {
        var annotations = 0
        var points = 0
        /// Points that have no counterpart: left out, as annotators leave out what they cannot place.
        var dropped = 0
    }

    let transfer: ChartTransfer
    /// The name that `ref_model` gets where points are vertices.
    let model: String

    /// - Throws: `MeshFileError` when the file is no DensePose JSON.
    func carry(_ path: String, to out: String) throws -> Counts {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MeshFileError(path: path, problem: "does not exist or cannot be read")
        }
        guard var document = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any],
            let annotations = document["annotations"] as? [[String: Any]]
        else { throw MeshFileError(path: path, problem: "is no JSON object with annotations") }
        var counts = Counts()
        document["annotations"] = try annotations.enumerated().map { index, annotation in
            try carried(annotation, &counts) { problem in
                MeshFileError(path: path, place: .value("annotations[\(index)]"), problem: problem)
            }
        }
        let text = try JSONSerialization.data(
            withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
        do {
            try text.write(to: URL(fileURLWithPath: out), options: .atomic)
        } catch {
            throw MeshFileError(path: out, problem: "cannot be written: \((error as NSError).localizedDescription)")
        }
        return counts
    }

    private func carried(
        _ annotation: [String: Any], _ counts: inout Counts, failure: (String) -> MeshFileError
    ) throws -> [String: Any] {
        guard let x = annotation["dp_x"] as? [Double], let y = annotation["dp_y"] as? [Double] else {
            return annotation
        }
        guard x.count == y.count else { throw failure("dp_x and dp_y differ in length") }
        counts.annotations += 1
        var result = annotation
        var kept: [Int] = []
        if let i = annotation["dp_I"] as? [Double], let u = annotation["dp_U"] as? [Double],
            let v = annotation["dp_V"] as? [Double]
        {
            guard i.count == x.count, u.count == x.count, v.count == x.count else {
                throw failure("dp_I, dp_U and dp_V differ in length from dp_x")
            }
            var found: [ChartPoint] = []
            for point in x.indices {
                guard (1...24).contains(i[point]),
                    let image = transfer(ChartPoint(chart: UInt8(i[point]), u: u[point], v: v[point]))
                else { continue }
                kept.append(point)
                found.append(image)
            }
            result["dp_I"] = found.map { Double($0.chart) }
            result["dp_U"] = found.map(\.u)
            result["dp_V"] = found.map(\.v)
        } else if let vertices = annotation["dp_vertex"] as? [Int] {
            guard vertices.count == x.count else { throw failure("dp_vertex differs in length from dp_x") }
            var found: [Int] = []
            for (point, vertex) in vertices.enumerated() {
                guard let image = transfer.vertex(vertex) else { continue }
                kept.append(point)
                found.append(image)
            }
            result["dp_vertex"] = found
            result["ref_model"] = model
        } else {
            return annotation
        }
        result["dp_x"] = kept.map { x[$0] }
        result["dp_y"] = kept.map { y[$0] }
        counts.points += kept.count
        counts.dropped += x.count - kept.count
        return result
    }
}
