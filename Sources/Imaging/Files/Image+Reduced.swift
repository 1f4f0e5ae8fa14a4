extension Image {
    /// Reads a PNG or JPEG as stored; a JPEG that is needed much smaller is decoded at a half, quarter or eighth of its
    /// size, in a fraction of the time.
    ///
    /// The reduction is the decoder's (a smaller inverse cosine transform), as in Pillow's `draft`: what is resampled from
    /// it differs in the last bits from what is resampled from the whole.
    /// - Parameter minimum: the least size that serves, for the size of the file; nil where the whole is needed.
    /// - Returns: the image, and the size of the file in pixels.
    /// - Throws: `ImageError`
    public static func reduced(
        fileAt path: String, limits: ImageLimits = .standard,
        to minimum: (_ width: Int, _ height: Int) -> (width: Int, height: Int)?
    ) throws -> (image: Image, width: Int, height: Int) {
        let bytes = try ByteSource.image(at: path, limits: limits)
        guard ImageFormat(magic: bytes.prefix(12)) == .jpeg else {
            let image = try Image(decoding: bytes, name: path, limits: limits)
            return (image, image.width, image.height)
        }
        let header = try ImageHeader.read(bytes, name: path)
        let image = try JPEGCodec.decode(
            bytes, name: path, limits: limits, toleratesTruncation: false,
            reducedTo: minimum(header.width, header.height))
        return (image, header.width, header.height)
    }
}
