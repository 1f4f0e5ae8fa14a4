/// The version that every operation and run is stamped with.
public enum Release {
    public static let version = "0.1.0"
}
