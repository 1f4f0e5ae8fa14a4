#pragma once
#include <sqlite3.h>

/// Keeps a connection from checkpointing the write-ahead log when it closes. Returns an SQLite result code.
/// (`sqlite3_db_config` takes variable arguments, which Swift cannot pass.)
int csqlite_disable_checkpoint_on_close(sqlite3 *connection);
