import Catalog
import Foundation
import Hashing
import Imaging

/// The images and categories of a COCO file on their way into the catalog, and how annotations find them by id.
final class COCOLists {
    private let file: String
    private let dataset: Int64
    private let writer: CatalogWriter
    private let problems: ProblemLog
    private let rootID: Int64
    private let folder: String?
    private let templates: TemplateInterner
    private let media: MediumInserter
    private var imageReader: COCOListReader
    private var categoryReader: COCOListReader

    /// What an image id stands for.
    struct KnownImage {
        var mediumID: Int64
        /// Another id names the same picture.
        var isAlias = false
    }

    private var images: [Int64: KnownImage] = [:]
    /// Results over pictures that no list declares: the file name of an id.
    private var nameOfImage: ((Int64) -> String)?
    private var nameOfCategory: [Int64: String] = [:]
    private var linked: Set<Int64> = []
    private var categories: [Int64: Int64] = [:]
    private(set) var imageCount = 0
    private(set) var categoryCount = 0
    private(set) var skipped = 0
    private(set) var missingFiles = 0

    /// For a new dataset, whose lists the file holds.
    convenience init(
        file: String, dataset: Int64, options: COCOImport.Options, writer: CatalogWriter, problems: ProblemLog
    ) throws {
        if let folder = options.images {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                throw FormatError(file: folder, reason: "this is not a folder; expected the folder of the images")
            }
        }
        // Without a folder the pictures have a nominal root, which `annotate relocate` can find a place for later.
        let root =
            try options.images.map { try writer.root(folder: $0) }
            ?? writer.root(named: "images of \(options.dataset)", path: nil)
        try self.init(
            file: file, dataset: dataset, root: root, folder: options.images, writer: writer, problems: problems)
    }

    /// For results, which speak of images and categories that the catalog has.
    convenience init(
        known dataset: Int64, file: String, options: COCOImport.Options, writer: CatalogWriter, problems: ProblemLog
    ) throws {
        let root = try options.imageName.map { _ in
            try options.images.map { try writer.root(folder: $0) }
                ?? writer.root(named: "images of \(options.dataset)", path: nil)
        }
        try self.init(
            file: file, dataset: dataset, root: root ?? 0, folder: options.images, writer: writer, problems: problems)
        nameOfImage = options.imageName.map { pattern in { id in ImageNamePattern(pattern).name(of: id) } }
        nameOfCategory = options.categoryNames
        try writer.forEachMember(of: dataset) { member in
            if let source = member.sourceID { images[source] = KnownImage(mediumID: member.mediumID) }
            linked.insert(member.mediumID)
        }
        for category in try writer.categories(of: dataset) { categories[category.sourceID] = category.id }
    }

    private init(
        file: String, dataset: Int64, root: Int64, folder: String?, writer: CatalogWriter, problems: ProblemLog
    ) throws {
        (self.file, self.dataset, self.writer, self.problems) = (file, dataset, writer, problems)
        (rootID, self.folder) = (root, folder)
        templates = TemplateInterner(writer)
        media = try MediumInserter(writer)
        imageReader = COCOListReader(file: file, noun: "image", problems: problems)
        categoryReader = COCOListReader(file: file, noun: "category", problems: problems)
    }

    /// Takes one element of `images`.
    func image(_ text: UnsafeRawBufferPointer, _ index: Int) throws {
        guard try imageReader.read(text, index: index), let id = imageReader.id else {
            skipped += 1
            return
        }
        // LVIS gives no file name; the tail of its address is one.
        let urlTail = imageReader.url.flatMap { $0.split(separator: "/").last.map(String.init) }
        let name = imageReader.name ?? urlTail ?? "\(id)"
        if imageReader.name == nil, urlTail == nil {
            try problems.report("file_name", file: file, place: "image \(id)", "there is no file name")
        }
        var medium = MediumRecord(rootID: rootID, path: name, width: imageReader.width, height: imageReader.height)
        medium.capturedAt = imageReader.dateCaptured
        if let folder { try inspect(&medium, id: id, at: folder + "/" + name) }
        let added = try media.add(medium)
        if !added.isNew, let known = try writer.medium(added.id),
            known.width != imageReader.width || known.height != imageReader.height
        {
            // Another file says another size of the same picture: this one's words are kept as they are.
            imageReader.keepWhole(text)
        }
        try media.link(
            added.id, to: dataset, sourceID: id, templateID: try templates.id(of: imageReader.source.template),
            extra: imageReader.source.extraText.map { Array($0.utf8) })
        let isAlias = !linked.insert(added.id).inserted
        if isAlias {
            try problems.report(
                "duplicate-picture", file: file, place: "image \(id)", "the file \(name) is in the list already")
        }
        if images.updateValue(KnownImage(mediumID: added.id, isAlias: isAlias), forKey: id) != nil {
            try problems.report("duplicate-id", file: file, place: "image \(id)", "this id comes twice in the list")
        }
        imageCount += 1
    }

    /// What an id stands for; nil when the dataset has no such image and no name can be made for it.
    func image(_ id: Int64) throws -> KnownImage? {
        if let known = images[id] { return known }
        guard let name = nameOfImage?(id) else { return nil }
        var medium = MediumRecord(rootID: rootID, path: name)
        if let folder { try inspect(&medium, id: id, at: folder + "/" + name) }
        let added = try media.add(medium)
        let image = KnownImage(mediumID: added.id, isAlias: !linked.insert(added.id).inserted)
        try media.link(added.id, to: dataset, sourceID: id)
        images[id] = image
        imageCount += 1
        return image
    }

    /// Completes a medium from its file, and compares what the document says of it.
    private func inspect(_ medium: inout MediumRecord, id: Int64, at path: String) throws {
        guard !medium.path.hasPrefix("/"), !medium.path.split(separator: "/").contains("..") else {
            return try problems.report(
                "path", file: file, place: "image \(id)", "the file name \(medium.path) leaves the folder of the images"
            )
        }
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let bytes = attributes[.size] as? Int
        else {
            missingFiles += 1
            return try problems.report("missing-file", file: file, place: "image \(id)", "there is no file \(path)")
        }
        medium.bytes = bytes
        do {
            let header = try ImageHeader.read(fileAt: path)
            medium.orientation = header.orientation.rawValue
            if let width = medium.width, let height = medium.height {
                if (width, height) != (header.width, header.height) {
                    try problems.report(
                        "image-size", file: file, place: "image \(id)",
                        "the list says \(width)x\(height), the file \(medium.path) is \(header.width)x\(header.height)")
                }
            } else {
                (medium.width, medium.height) = (header.width, header.height)
            }
            medium.sha256 = try ContentHash.of(fileAt: path).bytes
        } catch let error as ImageError {
            try problems.report("unreadable-file", file: file, place: "image \(id)", "\(error)")
        }
    }

    /// Takes one element of `categories`.
    func category(_ text: UnsafeRawBufferPointer, _ index: Int) throws {
        guard try categoryReader.read(text, index: index), let id = categoryReader.id else {
            skipped += 1
            return
        }
        let row = try writer.add(
            CategoryRecord(
                datasetID: dataset, sourceID: id, name: categoryReader.name ?? "category \(id)",
                supercategory: categoryReader.supercategory,
                templateID: try templates.id(of: categoryReader.source.template),
                extra: categoryReader.source.extraText))
        if categories.updateValue(row, forKey: id) != nil {
            try problems.report("duplicate-id", file: file, place: "category \(id)", "this id comes twice in the list")
        }
        categoryCount += 1
    }

    /// The row of a category id; one that no list declares is added, so that its labels are kept.
    func categoryRow(_ id: Int64) throws -> Int64 {
        if let row = categories[id] { return row }
        if let name = nameOfCategory[id] {
            let row = try writer.add(CategoryRecord(datasetID: dataset, sourceID: id, name: name))
            categories[id] = row
            categoryCount += 1
            return row
        }
        try problems.report(
            "category", file: file, place: "category \(id)", "annotations use this id, and no list declares it")
        let row = try writer.add(
            CategoryRecord(datasetID: dataset, sourceID: id, name: "undeclared \(id)", isDeclared: false))
        categories[id] = row
        return row
    }
}
