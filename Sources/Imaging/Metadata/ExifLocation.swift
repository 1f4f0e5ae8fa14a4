/// Removes GPS positions from the TIFF structure of an EXIF block without moving any other byte.
///
/// The pointer to the GPS directory leaves its directory (later entries move up by one), and that directory and its
/// values become zeros. The block keeps its length, so offsets of other values, maker notes and thumbnails stay valid.
enum ExifLocation {
    /// - Parameter bytes: a buffer in which a TIFF structure starts at `base`.
    /// - Throws: `ImageError.Problem.damaged` when a position cannot be removed safely.
    static func remove(from bytes: inout [UInt8], base: Int, name: String) throws {
        guard let tiff = TIFFDirectory(bytes, from: base) else {
            throw ImageError(name, .damaged("its EXIF block has no TIFF header, so a location in it cannot be removed"))
        }
        var pending = [tiff.first].compactMap { $0 }
        var seen: Set<Int> = []
        while let directory = pending.popLast() {
            guard seen.insert(directory).inserted else { continue }
            let (entries, following) = tiff.entries(at: directory)
            pending += [following].compactMap { $0 }
            for entry in entries where TIFFDirectory.directoryTags.contains(entry.tag) {
                pending += [tiff.number(at: entry.position + 8, size: 4)].compactMap { $0 }.map { base + $0 }
            }
            let pointers = entries.filter { $0.tag == TIFFDirectory.locationTag }
            for pointer in pointers {
                guard let position = tiff.number(at: pointer.position + 8, size: 4), position >= 8 else { continue }
                for range in ranges(of: tiff, directory: base + position) {
                    let table = directory..<directory + 2 + 12 * entries.count + 4
                    guard range.lowerBound >= base + 8, !range.overlaps(table) else {
                        throw ImageError(name, .damaged("its GPS directory overlaps another EXIF directory"))
                    }
                    for i in range { bytes[i] = 0 }
                }
            }
            guard !pointers.isEmpty else { continue }
            guard directory + 2 + 12 * entries.count + 4 <= bytes.count else {
                throw ImageError(name, .damaged("its EXIF directory is cut short"))
            }
            let kept = entries.filter { $0.tag != TIFFDirectory.locationTag }
            let count = [UInt8(kept.count >> 8), UInt8(kept.count & 0xFF)]
            var table = tiff.isBigEndian ? count : count.reversed()
            for entry in kept { table += bytes[entry.position..<entry.position + 12] }
            let link = directory + 2 + 12 * entries.count
            table += bytes[link..<link + 4]
            table += [UInt8](repeating: 0, count: 12 * pointers.count)
            bytes.replaceSubrange(directory..<directory + table.count, with: table)
        }
        // Readers differ in what they forgive in a damaged block; the one used here must not find a position either.
        guard !ExifReader.hasLocationTags(JPEGSegments.exifMagic + bytes[base...]) else {
            throw ImageError(name, .damaged("its EXIF block is malformed, so the location in it cannot be removed"))
        }
    }

    /// The GPS directory's table and the values that lie outside it.
    private static func ranges(of tiff: TIFFDirectory, directory: Int) -> [Range<Int>] {
        let entries = tiff.entries(at: directory).entries
        let end = min(tiff.bytes.count, directory + 2 + 12 * entries.count + 4)
        guard directory < end else { return [] }
        return [directory..<end] + entries.compactMap(\.value).filter { !$0.isEmpty }
    }
}
