internal import GRDB

/// What a filter can ask about. The table that `annotate list --help` prints is written from here.
enum FilterField: String, CaseIterable {
    case category, dataset, run, review, score, width, height, area, size, points, crowd, track, id, outcome
    case split, site, time, path, imagewidth, imageheight, camera, infrared, video

    enum Subject { case instance, medium }
    enum Kind { case text, number, flag, size }

    var subject: Subject {
        switch self {
        case .category, .run, .review, .score, .width, .height, .area, .size, .points, .crowd, .track, .id,
            .outcome:
            .instance
        case .dataset, .split, .site, .time, .path, .imagewidth, .imageheight, .camera, .infrared, .video: .medium
        }
    }

    var kind: Kind {
        switch self {
        case .category, .dataset, .run, .review, .split, .site, .time, .path, .camera, .video, .outcome: .text
        case .score, .width, .height, .area, .points, .track, .id, .imagewidth, .imageheight: .number
        case .crowd, .infrared: .flag
        case .size: .size
        }
    }

    var explanation: String {
        switch self {
        case .category: "name of the category"
        case .dataset: "name of a dataset that has the picture"
        case .run: "name of the run that made the label"
        case .review: "unreviewed, accepted, rejected or flagged"
        case .score: "score of a prediction, 0 to 1"
        case .width: "width of the box, pixels"
        case .height: "height of the box, pixels"
        case .area: "area that the file states, pixels"
        case .size: "small, medium or large, as COCO divides areas at 32² and 96²"
        case .points: "number of dense points"
        case .crowd: "yes or no"
        case .track: "number of the track"
        case .id: "id of the instance in the catalog"
        case .outcome: "what an evaluation says: `missed`, or of one run `baseline/missed` or `baseline/boxes/missed`"
        case .split: "a split's part: `train`, or `name/train` where there are several splits"
        case .site: "name of the site"
        case .time: "when the picture was taken, ISO 8601: `time >= 2020-05-30`"
        case .path: "path of the picture; `~` matches a part of it"
        case .imagewidth: "width of the picture, pixels"
        case .imageheight: "height of the picture, pixels"
        case .camera: "make and model of the camera"
        case .infrared: "yes or no"
        case .video: "path of the clip that a frame comes from"
        }
    }

    /// SQL of the value, where it is one.
    var column: String {
        switch self {
        case .score, .area, .points, .crowd, .track, .id: "instance.\(rawValue)"
        case .width: "instance.w"
        case .height: "instance.h"
        case .size: "ifnull(instance.area, instance.w * instance.h)"
        case .category: "category.name"
        case .run: "run.name"
        case .review: "review_state.name"
        case .time: "medium.captured_at"
        case .imagewidth: "medium.width"
        case .imageheight: "medium.height"
        case .path, .camera, .infrared: "medium.\(rawValue)"
        case .dataset: "dataset.name"
        case .site: "site.name"
        case .video: "video.path"
        case .split: "split_member.part"
        case .outcome: "evaluation_outcome.outcome"
        }
    }

    /// SQL that is true when the value stands in `comparison` (an operator with its right side).
    func condition(_ comparison: String) -> String {
        switch self {
        case .category:
            "instance.category_id IN (SELECT id FROM category WHERE \(column) \(comparison))"
        case .run: "instance.run_id IN (SELECT id FROM run WHERE \(column) \(comparison))"
        case .review: "instance.review IN (SELECT id FROM review_state WHERE \(column) \(comparison))"
        case .dataset:
            """
            medium.id IN (SELECT medium_id FROM dataset_medium JOIN dataset ON dataset.id = dataset_id \
            WHERE \(column) \(comparison))
            """
        case .site: "medium.site_id IN (SELECT id FROM site WHERE \(column) \(comparison))"
        case .video: "medium.video_id IN (SELECT id FROM video WHERE \(column) \(comparison))"
        case .split:
            """
            medium.id IN (SELECT medium_id FROM split_member JOIN split ON split.id = split_id \
            WHERE split_member.part \(comparison) OR split.name || '/' || split_member.part \(comparison))
            """
        case .outcome:
            """
            instance.id IN (SELECT instance_id FROM evaluation_outcome JOIN evaluation ON evaluation.id = evaluation_id \
            JOIN run ON run.id = evaluation.run_id WHERE outcome \(comparison) OR run.name || '/' || outcome \(comparison) \
            OR run.name || '/' || evaluation.kind || '/' || outcome \(comparison))
            """
        default: "\(column) \(comparison)"
        }
    }

    /// How often the right side stands in `condition`.
    var repeats: Int { self == .split ? 2 : self == .outcome ? 3 : 1 }
}

/// What a filter can ask for with `has`.
enum FilterPossession: String, CaseIterable {
    case points, mask, keypoints, box, map, labels

    var subject: FilterField.Subject { self == .labels ? .medium : .instance }

    var condition: String {
        switch self {
        case .points: "instance.points > 0"
        case .mask: "EXISTS (SELECT 1 FROM mask WHERE instance_id = instance.id)"
        case .keypoints: "EXISTS (SELECT 1 FROM keypoints WHERE instance_id = instance.id)"
        case .map: "EXISTS (SELECT 1 FROM dense_map WHERE instance_id = instance.id)"
        case .box: "instance.w IS NOT NULL"
        case .labels: "EXISTS (SELECT 1 FROM instance WHERE medium_id = medium.id)"
        }
    }
}
