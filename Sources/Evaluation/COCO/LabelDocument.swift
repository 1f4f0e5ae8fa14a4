import Annotations
import Catalog

/// Walks the objects of COCO files and of lists of results, and says where one is wrong.
struct LabelDocument {
    let file: String
    private let stream: JSONDocumentStream

    init(_ file: String) throws { (self.file, stream) = (file, try JSONDocumentStream(path: file)) }

    /// Reads images and categories, then annotations.
    /// - Parameters:
    ///   - start: is given images and categories before the first annotation.
    ///   - annotation: is given each annotation with its id.
    /// - Throws: `FormatError` naming the annotation that is wrong.
    func readTruths(
        start: @escaping (COCOIndexReader) throws -> Void,
        annotation: @escaping (inout LabelObject, _ id: Int64, COCOIndexReader) throws -> Void
    ) throws {
        var lists = COCOIndexReader(file: file)
        var object = LabelObject(file: file)
        let needed: Set<String> = ["images", "categories"]
        try stream.read(
            streamed: needed.union(["annotations"]),
            isReady: { name, seen in name != "annotations" || needed.isSubset(of: seen) },
            handler: { name in
                switch name {
                case "images": return { try lists.image($0, $1) }
                case "categories": return { try lists.category($0, $1) }
                default:
                    try start(lists)
                    return { text, index in
                        try object.read(text, "annotation at index \(index)")
                        let id = object.integer(.id) ?? Int64(index)
                        try located("annotation \(id)") { try annotation(&object, id, lists) }
                    }
                }
            })
        guard stream.arrays["images"] != nil, stream.arrays["annotations"] != nil else {
            throw FormatError(file: file, reason: "there is no list “images” or “annotations”; is this a COCO file?")
        }
    }

    /// Reads a list of results.
    /// - Throws: `FormatError` naming the result that is wrong.
    func readResults(_ result: @escaping (inout LabelObject, _ index: Int) throws -> Void) throws {
        var object = LabelObject(file: file)
        let handler: JSONDocumentStream.ElementHandler = { text, index in
            try object.read(text, "result \(index)")
            try located("result \(index)") { try result(&object, index) }
        }
        try stream.read(streamed: [JSONDocumentStream.root], isReady: { _, _ in true }, handler: { _ in handler })
        guard stream.arrays[JSONDocumentStream.root] != nil else {
            throw FormatError(file: file, reason: "it is not a list of results")
        }
    }

    /// Says where a defect is.
    private func located(_ place: @autoclosure () -> String, _ body: () throws -> Void) throws {
        do { try body() } catch let error as SegmentationDefect {
            throw FormatError(file: file, place: place(), reason: error.reason)
        } catch let error as EvaluationError { throw FormatError(file: file, reason: "\(error)") }
    }
}
