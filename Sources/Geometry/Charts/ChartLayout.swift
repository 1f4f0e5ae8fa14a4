/// DensePose's division of a body: 24 charts, numbered from 1, in 14 coarse parts.
///
/// Facts from the data set's description (Güler, Neverova, Kokkinos 2018) and its tables.
public enum ChartLayout {
    public static let chartCount = 24
    public static let partCount = 14

    /// Names of the charts; index chart - 1.
    public static let chartNames = [
        "torso back", "torso front", "right hand", "left hand", "left foot", "right foot", "right upper leg back",
        "left upper leg back", "right upper leg front", "left upper leg front", "right lower leg back",
        "left lower leg back", "right lower leg front", "left lower leg front", "left upper arm inner",
        "right upper arm inner", "left upper arm outer", "right upper arm outer", "left lower arm inner",
        "right lower arm inner", "left lower arm outer", "right lower arm outer", "head right", "head left",
    ]

    /// Names of the coarse parts; index part - 1.
    public static let partNames = [
        "torso", "right hand", "left hand", "left foot", "right foot", "right upper leg", "left upper leg",
        "right lower leg", "left lower leg", "left upper arm", "right upper arm", "left lower arm", "right lower arm",
        "head",
    ]

    /// The coarse part (1...14) of each chart; index chart, 0 for the background.
    public static let partOfChart = [
        0, 1, 1, 2, 3, 4, 5, 6, 7, 6, 7, 8, 9, 8, 9, 10, 11, 10, 11, 12, 13, 12, 13, 14, 14,
    ]

    /// The chart that takes a chart's place in the mirror; index chart, 0 for the background.
    public static let mirroredChart = [
        0, 1, 2, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 18, 17, 20, 19, 22, 21, 24, 23,
    ]

    /// The coarse part on the other side; 0 and parts without a side stay.
    public static let mirroredPart = (0...partCount).map { part in
        partOfChart[mirroredChart[partOfChart.firstIndex(of: part)!]]
    }
}
