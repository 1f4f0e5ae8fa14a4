extension Schema {
    /// Version 3: meshes, what is computed on them, and maps between them.
    static let version3 = """
        CREATE TABLE mesh (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            path TEXT NOT NULL,
            sha256 BLOB NOT NULL,
            vertices INTEGER NOT NULL,
            triangles INTEGER NOT NULL,
            area REAL NOT NULL,
            labels TEXT
        ) STRICT;

        CREATE TABLE mesh_descriptor (
            id INTEGER PRIMARY KEY,
            mesh_id INTEGER NOT NULL REFERENCES mesh (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            parameters TEXT NOT NULL,
            columns INTEGER NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (mesh_id, kind)
        ) STRICT;

        CREATE TABLE mesh_map (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES mesh (id),
            target_id INTEGER NOT NULL REFERENCES mesh (id),
            method TEXT NOT NULL,
            parameters TEXT NOT NULL,
            cycle_error REAL,
            coverage REAL,
            smoothness REAL,
            part_consistency REAL,
            swapped REAL,
            flipped REAL,
            created_at TEXT NOT NULL,
            data BLOB NOT NULL
        ) STRICT;
        CREATE INDEX mesh_map_by_meshes ON mesh_map (source_id, target_id);
        """

    /// Of version 3, in the order in which rows need each other.
    static let undoableTables3 = ["mesh", "mesh_descriptor", "mesh_map"]
}
