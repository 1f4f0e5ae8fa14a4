import Annotations
import Catalog
import Foundation
import Testing

/// Knuth's MMIX generator: the same numbers in every run.
private struct LinearCongruential: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

@Suite struct LosslessTests {
    static let images =
        #"[{"id": 7, "file_name": "a.jpg", "width": 640, "height": 480, "flickr": null}, {"id": 3, "file_name": "ü b.jpg", "height": 20, "width": 10}]"#
    static let categories =
        #"[{"id": 90, "name": "toothbrush", "supercategory": "indoor"}, {"id": 1, "name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}]"#

    static func document(_ annotations: String) -> String {
        #"{"info": {"year": 2017}, "licenses": [], "images": "# + images + #", "annotations": "# + annotations
            + #", "categories": "# + categories + "}"
    }

    /// One annotation with these members after its ids.
    static func annotation(_ members: String) -> String {
        document(#"[{"id": 5, "image_id": 7, "category_id": 90, "# + members + "}]")
    }

    @Test(arguments: [
        #""bbox": [1.5, 2.25, 3.0, 4.0], "area": 12.0, "iscrowd": 0"#,
        #""bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 1"#,
        #""bbox": [1.50, 2.0, 3, 1e1], "area": 702.1057499999998"#,
        #""bbox":[473.07,395.93,38.65,28.67],"area":0.0001,"segmentation":[[312.29,562.89,402.25,511.49,400.96,425]]"#,
        #""segmentation": [[1.0, 2.0, 3.5, 4.0, 5.0, 6.25], [7, 8, 9, 10, 11, 12]]"#,
        #""segmentation": [[0.1234567, 2.0, 3.123456789012345, 4.0, 1e-05, 6.25]]"#,
        #""segmentation": [[-1.5, -2.0, 3.5, 4.0, -0.0, 6.25]]"#,
        #""segmentation": [ [1.0,2.0 , 3.5,4.0 , 5.0,6.25] ]"#,
        #""segmentation": [[ 1.0, 2.0,   3.5, 4.0, 5.0, 6.25]]"#,
        #""segmentation": [], "bbox": []"#, #""segmentation": null, "bbox": null, "score": null"#,
        #""segmentation": {"counts": [0, 4, 96], "size": [10, 10]}, "iscrowd": 1"#,
        #""segmentation": {"size": [480, 640], "counts": "\\\\P_3"}"#,
        #""segmentation": {"size":[10,10],"counts":"0T3"}"#,
        #""segmentation": [[1, 2, 3, 4]]"#, #""segmentation": [[1, 2, 3]]"#, #""segmentation": "none""#,
        #""keypoints": [10, 20, 2, 0, 0, 0], "num_keypoints": 1"#, #""keypoints": [10.5, 20.0, 2.0, 0.0, 0.0, 0.0]"#,
        #""dp_x": [1.5, 255.0], "dp_y": [0.0, 7.25], "dp_I": [1.0, 24.0], "dp_U": [0.7233333587646484, 0.5], "dp_V": [0.1, 1e-07], "dp_masks": [[], {"size": [256, 256], "counts": "`PP2"}]"#,
        #""dp_x": [1.5], "dp_y": [0.0], "dp_vertex": [17], "ref_model": "chimp_5029", "dp_masks": {"counts": "`PP2", "size": [256, 256]}"#,
        #""dp_x": [1.5, 2], "dp_y": [0.0], "dp_I": []"#,
        #""attributes": {"pose": [1, {"a": "\u00e9\n"}], "tall": true}, "note": "say \"hi\"", "big": 123456789012345678901234567890"#,
        #""area": 5.0, "area": 6.0"#, #""iscrowd": true"#, #""score": 0.99995, "id2": 7.0"#,
    ])
    func `an annotation comes out byte for byte`(_ members: String) throws {
        let text = Self.annotation(members)
        let trip = try RoundTrip(text)
        #expect(trip.report.instances == 1)
        let (out, report) = try trip.export()
        #expect(out == text)
        #expect(report.isIdentical)
    }

    @Test(arguments: ["\n", "", "\r\n  "])
    func `a document comes out byte for byte in any layout`(_ end: String) throws {
        let pretty = """
            {
              "categories": [
                {
                  "id": 1,
                  "name": "person"
                }
              ],
              "annotations": [
                {
                  "segmentation": [
                    [
                      1.5,
                      2.0,
                      3.0,
                      4.0,
                      5.0,
                      6.0
                    ]
                  ],
                  "id": 1,
                  "bbox": [
                    1.0,
                    2.0,
                    3.0,
                    4.0
                  ],
                  "image_id": 1,
                  "category_id": 1
                },
                {
                  "id": 2,
                  "image_id": 1,
                  "category_id": 1
                }
              ],
              "images": [
                {
                  "file_name": "x.jpg",
                  "id": 1
                }
              ],
              "videos": [{"id": 1}],
              "empty": {}
            }
            """ + end
        #expect(try RoundTrip(pretty).export().0 == pretty)
        let compact = pretty.filter { !$0.isWhitespace } + end
        #expect(try RoundTrip(compact).export().0 == compact)
        let none = #"{"images":[ ],"annotations":[],"categories":[]}"# + end
        #expect(try RoundTrip(none).export().0 == none)
    }

    @Test func `separators that differ are written alike, and the report says so`() throws {
        let text = Self.document(
            #"[{"id": 1, "image_id": 7, "category_id": 1}, {"id": 2, "image_id": 7, "category_id": 1},{"id": 3, "image_id": 7, "category_id": 1}]"#
        )
        let trip = try RoundTrip(text)
        #expect(trip.report.problems.map(\.kind) == ["layout"])
        let (out, report) = try trip.export()
        #expect(out == text.replacing("},{", with: "}, {"))
        #expect(!report.isIdentical)
        #expect(report.normalised.count == 1)
    }

    @Test func `results come out byte for byte, and follow their dataset`() throws {
        let trip = try RoundTrip(Self.annotation(#""area": 1.0"#))
        let results =
            #"[{"image_id": 7, "category_id": 90, "bbox": [1.0, 2.0, 3.0, 4.0], "score": 0.875},"#
            + #" {"image_id": 3, "category_id": 1, "score": 1.0, "uv_shape": [3, 2, 2], "uv_data": "iVBORw0KGgo="}]"#
        let report = try trip.add(results, run: "baseline")
        #expect(report.instances == 2 && report.problemCount == 0)
        #expect(try trip.export { $0.run = "baseline" }.0 == results)
        // The labels are not touched by them.
        #expect(try trip.export().1.isIdentical)
        let kinds = try trip.catalog.read { try $0.runs().map(\.kind) }
        #expect(kinds == [.import, .predictions])
    }

    @Test func `two entries of one picture keep their own ids`() throws {
        let text =
            #"{"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "a.jpg"}], "annotations": "#
            + #"[{"id": 1, "image_id": 1, "category_id": 1}, {"id": 2, "image_id": 2, "category_id": 1}], "#
            + #""categories": [{"id": 1, "name": "a"}]}"#
        let trip = try RoundTrip(text)
        #expect(trip.report.problems.map(\.kind) == ["duplicate-picture"])
        #expect(try trip.export().0 == text)
    }

    @Test func `repeated and zero ids, undeclared categories and strange ids stay as they are`() throws {
        let text = Self.document(
            #"[{"id": 0, "image_id": 7, "category_id": 1}, {"id": 0, "image_id": 7, "category_id": 77}, {"id": "9", "image_id": 7.0, "category_id": 1}]"#
        )
        let trip = try RoundTrip(text)
        #expect(trip.report.instances == 3)
        #expect(Set(trip.report.problems.map(\.kind)) == ["duplicate-id", "category"])
        #expect(try trip.export().0 == text)
    }

    @Test(arguments: [
        #""segmentation": [[1.0, 2, 3.50, 4e0,  5.0, 6]]"#,
        #""segmentation": {"counts": [0, 4,  96.0], "size": [10, 10.0]}"#,
    ])
    func `a mask whose text no style gives back is a mask all the same`(_ members: String) throws {
        let text = Self.annotation(members)
        let trip = try RoundTrip(text)
        #expect(trip.report.problemCount == 0)
        #expect(try trip.export().0 == text)
        let mask = try #require(try trip.catalog.read { try $0.instance(1)?.parts.mask })
        #expect(mask.encoding != .text)
        if let polygons = mask.polygons {
            #expect(polygons == [[1, 2, 3.5, 4, 5, 6]])
        } else {
            #expect(try mask.runs(pictureHeight: 10, pictureWidth: 10)?.area == 4)
        }
    }

    @Test func `lists that mix whole and broken numbers are read`() throws {
        let text = Self.annotation(
            #""keypoints": [555.0, 100.5, 2], "num_keypoints": 1, "dp_x": [1, 2.0], "dp_y": [3.50, 4], "bbox": [1, 2.0, 3e0, 4]"#
        )
        let trip = try RoundTrip(text)
        #expect(trip.report.problemCount == 0)
        #expect(try trip.export().0 == text)
        let (record, parts) = try #require(try trip.catalog.read { try $0.instance(1) })
        #expect(record.box == Box(x: 1, y: 2, width: 3, height: 4))
        #expect(parts.visibleKeypoints == 1)
        #expect(parts.points?.values("y") == [3.5, 4])
    }

    @Test func `importing the same file again changes nothing`() throws {
        let trip = try RoundTrip(Self.annotation(#""area": 1.0"#))
        let again = try COCOImport.run(
            trip.folder + "/in.json", into: trip.catalog, options: COCOImport.Options(dataset: "d"), command: "again")
        #expect(again.wasPresent)
        #expect(try trip.catalog.read { try $0.overview().operations } == 1)
    }

    @Test func `random numbers of every style come back`() throws {
        var generator = LinearCongruential(state: 7)
        for _ in 0..<40 {
            let bare = Bool.random(using: &generator)
            let digits = Int.random(in: 0...17, using: &generator)
            let numbers = (0..<20).map { _ -> String in
                let value = Double.random(in: -2000...2000, using: &generator)
                let text = "\((value * pow(10, Double(digits))).rounded() / pow(10, Double(digits)))"
                return bare && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
            }
            let comma = [",", ", ", " , ", ",\n\t"].randomElement(using: &generator)!
            let text = Self.annotation("\"segmentation\": [[" + numbers.joined(separator: comma) + "]]")
            #expect(try RoundTrip(text).export().0 == text)
        }
    }
}
