extension Schema {
    /// Version 4: how good a run's labels were, and what became of each.
    ///
    /// A label that is deleted takes its outcomes with it; a dataset or run that was evaluated stays until the evaluation
    /// is undone.
    static let version4 = """
        CREATE TABLE evaluation (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            run_id INTEGER NOT NULL REFERENCES run (id),
            dataset_id INTEGER NOT NULL REFERENCES dataset (id),
            parameters TEXT NOT NULL,
            metrics TEXT NOT NULL,
            created_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX evaluation_by_run ON evaluation (run_id);

        CREATE TABLE evaluation_outcome (
            id INTEGER PRIMARY KEY,
            evaluation_id INTEGER NOT NULL REFERENCES evaluation (id) ON DELETE CASCADE,
            instance_id INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
            outcome TEXT NOT NULL,
            overlap REAL NOT NULL,
            truth_id INTEGER REFERENCES instance (id) ON DELETE SET NULL
        ) STRICT;
        CREATE INDEX evaluation_outcome_by_evaluation ON evaluation_outcome (evaluation_id, outcome);
        CREATE INDEX evaluation_outcome_by_instance ON evaluation_outcome (instance_id);
        CREATE INDEX evaluation_outcome_by_truth ON evaluation_outcome (truth_id);
        """

    /// Of version 4, in the order in which rows need each other.
    static let undoableTables4 = ["evaluation", "evaluation_outcome"]
}
