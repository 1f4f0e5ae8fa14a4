/// Sets of colours that stay apart, for colour-blind readers too.
public enum Palette {
    /// 24 colours for the DensePose parts 1...24 (index part - 1).
    ///
    /// Found by a search for the set whose nearest two colours are farthest apart in OKLab (at least 0.11), and at least
    /// 0.07 apart as seen with protanopia and deuteranopia (Machado, Oliveira and Fernandes 2009); then dealt out so
    /// that parts that touch on the body, and left and right, differ most.
    public static let parts: [Color] = [
        0xB4780F, 0x003CC3, 0xA5D200, 0x1E8796, 0x695AA5, 0xB4A500, 0x0FB4FF, 0x781E96, 0xFFE1A5, 0x69A587, 0x005A69,
        0xFF78D2, 0xB469D2, 0xF0F000, 0x874BE1, 0xA5D2FF, 0x00D287, 0x78692D, 0xF0B4C3, 0xA5005A, 0x872D00, 0x6987FF,
        0xB45A69, 0x87FFF0,
    ].map { Color(hex: $0) }

    /// Colours for instances, categories and series: Okabe and Ito's seven (2008), then those of `parts` that are far
    /// from them.
    public static let instances: [Color] =
        [0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xD55E00, 0xF0E442].map { Color(hex: $0) }
        + [7, 16, 20, 19, 14, 2, 23, 8].map { parts[$0] }

    /// The colour of an instance or category by its number; colours repeat after those in `instances`.
    public static func instance(_ index: Int) -> Color {
        instances[(index % instances.count + instances.count) % instances.count]
    }
}
