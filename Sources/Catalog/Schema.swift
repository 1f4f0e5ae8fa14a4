/// The catalog's tables, version 1. `Documentation/Catalog.md` explains them and a test compares the two.
///
/// Every table whose rows a person may want back has an integer primary key (SQLite's rowid), so that one history
/// mechanism serves all of them. Text that a file said and that no column can reproduce is kept in `extra`, in the
/// order in which `template` leaves gaps for it.
///
/// Checks compare one by one: `IN` with three values would build a table at every insertion.
enum Schema {
    /// "KIND" in ASCII; `file catalog.sqlite` and SQLite tools show it.
    static let applicationID: Int32 = 0x4B49_4E44

    static let version1 = """
        CREATE TABLE operation (
            id INTEGER PRIMARY KEY,
            command TEXT NOT NULL,
            summary TEXT NOT NULL DEFAULT '',
            actor TEXT NOT NULL,
            started_at TEXT NOT NULL,
            version TEXT NOT NULL,
            undoes INTEGER REFERENCES operation (id),
            undone_by INTEGER REFERENCES operation (id),
            details TEXT
        ) STRICT;

        CREATE TABLE current_operation (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            operation_id INTEGER REFERENCES operation (id),
            logging INTEGER NOT NULL DEFAULT 1
        ) STRICT;
        INSERT INTO current_operation (id) VALUES (1);

        CREATE TABLE inserted_rows (
            id INTEGER PRIMARY KEY,
            operation_id INTEGER NOT NULL REFERENCES operation (id),
            table_name TEXT NOT NULL,
            first_id INTEGER NOT NULL,
            last_id INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX inserted_rows_by_operation ON inserted_rows (operation_id);

        CREATE TABLE change (
            id INTEGER PRIMARY KEY,
            operation_id INTEGER REFERENCES operation (id),
            table_name TEXT NOT NULL,
            row_id INTEGER NOT NULL,
            before TEXT NOT NULL,
            after TEXT
        ) STRICT;
        CREATE INDEX change_by_operation ON change (operation_id);
        CREATE INDEX change_by_row ON change (table_name, row_id);

        CREATE TABLE root (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            path TEXT
        ) STRICT;

        CREATE TABLE site (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            latitude REAL,
            longitude REAL
        ) STRICT;

        CREATE TABLE dataset (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            format TEXT NOT NULL
        ) STRICT;

        CREATE TABLE deployment (
            id INTEGER PRIMARY KEY,
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            name TEXT NOT NULL,
            site_id INTEGER REFERENCES site (id),
            started_at TEXT,
            ended_at TEXT,
            extra TEXT,
            UNIQUE (dataset_id, name)
        ) STRICT;

        CREATE TABLE video (
            id INTEGER PRIMARY KEY,
            root_id INTEGER NOT NULL REFERENCES root (id),
            path TEXT NOT NULL,
            sha256 BLOB,
            bytes INTEGER,
            codec TEXT,
            width INTEGER,
            height INTEGER,
            time_base TEXT,
            frame_rate TEXT,
            duration REAL,
            captured_at TEXT,
            site_id INTEGER REFERENCES site (id),
            deployment_id INTEGER REFERENCES deployment (id),
            problem TEXT,
            UNIQUE (root_id, path)
        ) STRICT;

        CREATE TABLE medium (
            id INTEGER PRIMARY KEY,
            root_id INTEGER NOT NULL REFERENCES root (id),
            path TEXT NOT NULL,
            width INTEGER,
            height INTEGER,
            bytes INTEGER,
            sha256 BLOB,
            perceptual_hash INTEGER,
            orientation INTEGER NOT NULL DEFAULT 1,
            captured_at TEXT,
            camera TEXT,
            latitude REAL,
            longitude REAL,
            site_id INTEGER REFERENCES site (id),
            deployment_id INTEGER REFERENCES deployment (id),
            infrared INTEGER,
            license TEXT,
            video_id INTEGER REFERENCES video (id),
            frame_index INTEGER,
            pts INTEGER,
            keyframe INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX medium_by_path ON medium (root_id, path) WHERE video_id IS NULL;
        CREATE UNIQUE INDEX medium_by_frame ON medium (video_id, frame_index) WHERE video_id IS NOT NULL;
        CREATE INDEX medium_by_hash ON medium (sha256) WHERE sha256 IS NOT NULL;

        CREATE TABLE template (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE dataset_medium (
            id INTEGER PRIMARY KEY,
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            medium_id INTEGER NOT NULL REFERENCES medium (id),
            source_id INTEGER,
            template_id INTEGER REFERENCES template (id),
            extra TEXT
        ) STRICT;
        CREATE INDEX dataset_medium_by_dataset ON dataset_medium (dataset_id, source_id);
        CREATE INDEX dataset_medium_by_medium ON dataset_medium (medium_id);

        CREATE TABLE dataset_video (
            id INTEGER PRIMARY KEY,
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            video_id INTEGER NOT NULL REFERENCES video (id),
            source_id INTEGER,
            selection TEXT,
            extra TEXT,
            UNIQUE (dataset_id, video_id)
        ) STRICT;

        CREATE TABLE category (
            id INTEGER PRIMARY KEY,
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            source_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            supercategory TEXT,
            declared INTEGER NOT NULL DEFAULT 1,
            template_id INTEGER REFERENCES template (id),
            extra TEXT
        ) STRICT;
        CREATE INDEX category_by_dataset ON category (dataset_id, source_id);
        CREATE INDEX category_by_name ON category (name);

        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('import', 'person', 'predictions')),
            parent_id INTEGER REFERENCES run (id),
            configuration TEXT,
            created_at TEXT NOT NULL,
            version TEXT NOT NULL
        ) STRICT;

        CREATE TABLE document (
            id INTEGER PRIMARY KEY,
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            run_id INTEGER NOT NULL REFERENCES run (id),
            format TEXT NOT NULL,
            path TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            layout TEXT,
            problems INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE review_state (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        INSERT INTO review_state VALUES (0, 'unreviewed'), (1, 'accepted'), (2, 'rejected'), (3, 'flagged');

        CREATE TABLE instance (
            id INTEGER PRIMARY KEY,
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            run_id INTEGER NOT NULL REFERENCES run (id),
            medium_id INTEGER NOT NULL REFERENCES medium (id),
            category_id INTEGER NOT NULL REFERENCES category (id),
            review INTEGER NOT NULL DEFAULT 0 REFERENCES review_state (id),
            source_id INTEGER,
            x REAL,
            y REAL,
            w REAL,
            h REAL,
            area REAL,
            crowd INTEGER NOT NULL DEFAULT 0,
            score REAL,
            priority REAL,
            track INTEGER,
            points INTEGER NOT NULL DEFAULT 0,
            template_id INTEGER REFERENCES template (id),
            extra TEXT
        ) STRICT;
        CREATE INDEX instance_by_medium ON instance (medium_id);
        CREATE INDEX instance_queue ON instance (run_id, review, priority, id);

        CREATE TABLE observation (
            id INTEGER PRIMARY KEY,
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            run_id INTEGER NOT NULL REFERENCES run (id),
            deployment_id INTEGER REFERENCES deployment (id),
            video_id INTEGER REFERENCES video (id),
            category_id INTEGER NOT NULL REFERENCES category (id),
            source_id INTEGER,
            extra TEXT
        ) STRICT;
        CREATE INDEX observation_by_dataset ON observation (dataset_id, run_id);

        CREATE TABLE mask (
            instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
            encoding TEXT NOT NULL CHECK (encoding = 'polygons' OR encoding = 'runs' OR encoding = 'text'),
            height INTEGER,
            width INTEGER,
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE dense_points (
            instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
            columns TEXT NOT NULL,
            mesh TEXT,
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE part_masks (
            instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
            data TEXT NOT NULL
        ) STRICT;

        CREATE TABLE dense_map (
            instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
            encoding TEXT NOT NULL CHECK (encoding = 'iuv-png'),
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE keypoints (
            instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
            visible INTEGER NOT NULL,
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE split (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            recipe TEXT NOT NULL
        ) STRICT;

        CREATE TABLE split_member (
            id INTEGER PRIMARY KEY,
            split_id INTEGER NOT NULL REFERENCES split (id) ON DELETE CASCADE,
            medium_id INTEGER NOT NULL REFERENCES medium (id),
            part TEXT NOT NULL,
            UNIQUE (split_id, medium_id)
        ) STRICT;
        CREATE INDEX split_member_by_medium ON split_member (medium_id);

        CREATE TABLE view_definition (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            definition TEXT NOT NULL
        ) STRICT;

        CREATE TABLE facet_count (
            dataset_id INTEGER NOT NULL,
            run_id INTEGER NOT NULL,
            category_id INTEGER NOT NULL,
            review INTEGER NOT NULL,
            with_points INTEGER NOT NULL,
            n INTEGER NOT NULL,
            PRIMARY KEY (dataset_id, run_id, category_id, review, with_points)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER facet_count_update AFTER UPDATE OF dataset_id, run_id, category_id, review, points ON instance
        BEGIN
            UPDATE facet_count SET n = n - 1
            WHERE dataset_id = old.dataset_id AND run_id = old.run_id AND category_id = old.category_id
                AND review = old.review AND with_points = (old.points > 0);
            INSERT INTO facet_count VALUES (new.dataset_id, new.run_id, new.category_id, new.review, new.points > 0, 1)
            ON CONFLICT DO UPDATE SET n = n + 1;
        END;
        CREATE TRIGGER facet_count_delete AFTER DELETE ON instance
        BEGIN
            UPDATE facet_count SET n = n - 1
            WHERE dataset_id = old.dataset_id AND run_id = old.run_id AND category_id = old.category_id
                AND review = old.review AND with_points = (old.points > 0);
        END;
        """

    /// Tables whose updates and deletions are logged and can be undone, in the order in which rows need each other.
    static let undoableTables = undoableTables1 + undoableTables3 + undoableTables4 + undoableTables5

    /// Of version 1.
    static let undoableTables1 = [
        "root", "site", "dataset", "deployment", "video", "medium", "template", "dataset_medium",
        "dataset_video", "category", "run", "document", "observation", "instance", "mask", "dense_points", "part_masks",
        "dense_map", "keypoints", "split", "split_member",
        "view_definition",
    ]
}
