extension Schema {
    /// Version 5: what a model said of every object that it found, and of points all over it, so that labels can be chosen
    /// from it again and again without running the model.
    ///
    /// The objects themselves are instances, with consecutive ids for each picture. Confidences lie apart from points: a
    /// question about thresholds reads a hundredth of the bytes. Calibrations are facts and have no history.
    static let version5 = """
        CREATE TABLE stored_picture (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES run (id),
            medium_id INTEGER NOT NULL REFERENCES medium (id),
            first_instance INTEGER NOT NULL,
            detections INTEGER NOT NULL,
            confidences BLOB NOT NULL,
            UNIQUE (run_id, medium_id)
        ) STRICT;

        CREATE TABLE stored_points (
            picture_id INTEGER PRIMARY KEY REFERENCES stored_picture (id) ON DELETE CASCADE,
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE calibration (
            run_id INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
            data TEXT NOT NULL
        ) STRICT;
        """

    /// Of version 5, in the order in which rows need each other.
    static let undoableTables5 = ["stored_picture", "stored_points"]
}
