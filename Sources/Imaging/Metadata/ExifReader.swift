import CExif

/// EXIF values through libexif.
enum ExifReader {
    /// - Parameter payload: an APP1 segment's, `Exif\0\0` and a TIFF structure.
    static func metadata(_ payload: [UInt8]) -> ImageMetadata {
        var result = ImageMetadata()
        guard let data = exif_data_new_from_data(payload, UInt32(payload.count)) else { return result }
        defer { exif_data_unref(data) }
        let order = exif_data_get_byte_order(data)
        let directories = withUnsafeBytes(of: &data.pointee.ifd) {
            Array($0.bindMemory(to: UnsafeMutablePointer<ExifContent>?.self))
        }
        func entry(_ ifd: ExifIfd, _ tag: Int) -> ExifEntry? {
            exif_content_get_entry(directories[Int(ifd.rawValue)], ExifTag(UInt32(tag)))?.pointee
        }
        func text(_ ifd: ExifIfd, _ tag: Int) -> String? {
            guard let entry = entry(ifd, tag), entry.format == EXIF_FORMAT_ASCII, let bytes = entry.data else {
                return nil
            }
            let raw = UnsafeBufferPointer(start: bytes, count: Int(entry.size)).prefix { $0 != 0 }
            let value = String(decoding: raw, as: UTF8.self)
            let trimmed = value.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return trimmed.isEmpty ? nil : String(trimmed)
        }
        func rationals(_ tag: Int, count: Int) -> [Double]? {
            guard let entry = entry(EXIF_IFD_GPS, tag), entry.format == EXIF_FORMAT_RATIONAL, let bytes = entry.data,
                entry.components >= count, Int(entry.size) >= 8 * count
            else { return nil }
            let values = (0..<count).map { i -> Double in
                let ratio = exif_get_rational(bytes + 8 * i, order)
                return Double(ratio.numerator) / Double(ratio.denominator)
            }
            return values.allSatisfy(\.isFinite) ? values : nil
        }

        if let entry = entry(EXIF_IFD_0, 0x0112), entry.format == EXIF_FORMAT_SHORT, entry.size >= 2 {
            result.orientation = Orientation(rawValue: Int(exif_get_short(entry.data, order)))
        }
        result.make = text(EXIF_IFD_0, 0x010F)
        result.model = text(EXIF_IFD_0, 0x0110)
        // The shutter's time; failing that, when the file was made.
        result.captureTime =
            captureTime(
                text(EXIF_IFD_EXIF, 0x9003), fraction: text(EXIF_IFD_EXIF, 0x9291), offset: text(EXIF_IFD_EXIF, 0x9011))
            ?? captureTime(
                text(EXIF_IFD_0, 0x0132), fraction: text(EXIF_IFD_EXIF, 0x9290), offset: text(EXIF_IFD_EXIF, 0x9010))
        if let latitude = degrees(rationals(2, count: 3), hemisphere: text(EXIF_IFD_GPS, 1), negative: "S", limit: 90),
            let longitude = degrees(
                rationals(4, count: 3), hemisphere: text(EXIF_IFD_GPS, 3), negative: "W", limit: 180)
        {
            var altitude = rationals(6, count: 1)?.first
            // Tag 5: 1 stands for metres below the sea.
            if let reference = entry(EXIF_IFD_GPS, 5), reference.size > 0, reference.data[0] == 1 {
                altitude = altitude.map { -$0 }
            }
            result.location = .init(latitude: latitude, longitude: longitude, altitude: altitude)
        }
        return result
    }

    /// Whether libexif finds any entry of a GPS directory in an APP1 payload.
    static func hasLocationTags(_ payload: [UInt8]) -> Bool {
        guard let data = exif_data_new_from_data(payload, UInt32(payload.count)) else { return false }
        defer { exif_data_unref(data) }
        return withUnsafeBytes(of: &data.pointee.ifd) { raw in
            let directories = raw.bindMemory(to: UnsafeMutablePointer<ExifContent>?.self)
            return (directories[Int(EXIF_IFD_GPS.rawValue)]?.pointee.count ?? 0) > 0
        }
    }

    private static func degrees(
        _ parts: [Double]?, hemisphere: String?, negative: String, limit: Double
    ) -> Double? {
        guard let parts else { return nil }
        let value = parts[0] + parts[1] / 60 + parts[2] / 3600
        guard value <= limit else { return nil }
        return hemisphere?.uppercased() == negative ? -value : value
    }

    /// Turns EXIF's `2015:06:03 04:12:09` into ISO 8601; nil for the blanks and zeros of cameras without a clock.
    static func captureTime(_ text: String?, fraction: String?, offset: String?) -> String? {
        guard let text, let match = text.wholeMatch(of: /(\d{4})[:\-](\d\d)[:\-](\d\d)[ T](\d\d):(\d\d):(\d\d)/),
            match.1 != "0000", let month = Int(match.2), (1...12).contains(month), let day = Int(match.3),
            (1...31).contains(day), let hour = Int(match.4), hour < 24, let minute = Int(match.5), minute < 60,
            let second = Int(match.6), second < 61
        else { return nil }
        var result = "\(match.1)-\(match.2)-\(match.3)T\(match.4):\(match.5):\(match.6)"
        if let fraction, fraction.wholeMatch(of: /\d+/) != nil { result += "." + fraction }
        if let offset, offset.wholeMatch(of: /[+\-]\d\d:\d\d/) != nil { result += offset }
        return result
    }
}
