extension Schema {
    /// Version 2: what is known of runs of programs, beside the labels that they make.
    ///
    /// SQLite cannot change a CHECK: `run` is built anew under another name and takes the old one's place (foreign keys
    /// are off during a migration, so that rows that point to it stay as they are).
    ///
    /// None of these tables has a history. Metrics and checkpoints are facts, written by the thousand; what happened is
    /// not undone.
    static let version2 = """
        CREATE TABLE run_2 (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN (
                'import', 'person', 'predictions', 'training', 'inference', 'evaluation', 'selection')),
            parent_id INTEGER REFERENCES run (id),
            configuration TEXT,
            created_at TEXT NOT NULL,
            version TEXT NOT NULL
        ) STRICT;
        INSERT INTO run_2 SELECT id, name, kind, parent_id, configuration, created_at, version FROM run;
        DROP TABLE run;
        ALTER TABLE run_2 RENAME TO run;

        CREATE TABLE execution (
            run_id INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'interrupted')),
            seed INTEGER,
            libraries TEXT NOT NULL,
            device TEXT,
            host TEXT NOT NULL,
            process INTEGER NOT NULL,
            process_started INTEGER,
            started_at TEXT NOT NULL,
            heartbeat_at TEXT NOT NULL,
            finished_at TEXT,
            problem TEXT
        ) STRICT;

        CREATE TABLE run_input (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            role TEXT NOT NULL,
            path TEXT NOT NULL,
            sha256 BLOB NOT NULL,
            bytes INTEGER NOT NULL,
            UNIQUE (run_id, role, path)
        ) STRICT;
        CREATE INDEX run_input_by_hash ON run_input (sha256);

        CREATE TABLE metric (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            UNIQUE (run_id, name)
        ) STRICT;

        CREATE TABLE metric_value (
            metric_id INTEGER NOT NULL REFERENCES metric (id) ON DELETE CASCADE,
            step INTEGER NOT NULL,
            epoch REAL,
            value REAL,
            time REAL NOT NULL,
            PRIMARY KEY (metric_id, step)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE checkpoint (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            sha256 BLOB NOT NULL,
            bytes INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('last', 'best', 'periodic')),
            step INTEGER NOT NULL,
            epoch REAL,
            metric TEXT,
            value REAL,
            created_at TEXT NOT NULL,
            deleted_at TEXT,
            UNIQUE (run_id, path)
        ) STRICT;
        CREATE INDEX checkpoint_by_hash ON checkpoint (sha256);
        """
}
