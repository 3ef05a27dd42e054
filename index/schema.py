"""The tables of the record, and what brings those of each older format to them."""

from __future__ import annotations

SCHEMA_VERSION = 4

# `indexed` gives FTS5 the words again when a passage is deleted: a contentless table that can delete needs SQLite 3.43.
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc_id TEXT PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, outlet TEXT, author TEXT, published TEXT,
    language TEXT, text TEXT NOT NULL, content_hash TEXT NOT NULL, page_starts TEXT NOT NULL, origins TEXT NOT NULL,
    date_words TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'ready')), added_at TEXT NOT NULL,
    collection TEXT, restored INTEGER NOT NULL DEFAULT 0, text_hash TEXT, published_at TEXT, modified TEXT,
    address TEXT, unsure TEXT, signature BLOB
);
CREATE INDEX facts ON documents (doc_id, uri, title, outlet, published, collection);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, passage_id TEXT NOT NULL UNIQUE,
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, ordinal INTEGER NOT NULL, text TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, headings TEXT NOT NULL, page INTEGER, stamp TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE UNIQUE INDEX passages_in_order ON passages (doc_id, ordinal);
CREATE TABLE sentences (
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (passage, ordinal)
) WITHOUT ROWID;
CREATE TABLE mentions (
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, text TEXT NOT NULL, resolved TEXT NOT NULL, anchored_to TEXT, PRIMARY KEY (doc_id, ordinal)
) WITHOUT ROWID;
CREATE VIEW indexed (number, title, outlet, dates, body) AS
    SELECT number, title, coalesce(outlet, ''), date_words, headings || ' ' || passages.text
    FROM passages JOIN documents USING (doc_id);
CREATE VIRTUAL TABLE words USING fts5 (
    title, outlet, dates, body, content = 'indexed', content_rowid = 'number',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
"""
# Old versions stand beside what was removed: neither is searched, and only `replaced_by` tells them apart.
REMOVED = """
CREATE TABLE removed (
    doc_id TEXT PRIMARY KEY, uri TEXT NOT NULL, title TEXT NOT NULL, outlet TEXT, author TEXT, published TEXT,
    language TEXT, text TEXT NOT NULL, content_hash TEXT NOT NULL, page_starts TEXT NOT NULL, origins TEXT NOT NULL,
    collection TEXT, removed_at TEXT NOT NULL, published_at TEXT, modified TEXT, address TEXT, unsure TEXT,
    added_at TEXT, replaced_by TEXT
);
CREATE INDEX removed_content ON removed (content_hash);
CREATE INDEX removed_chain ON removed (replaced_by);
"""
# `facts` holds all that filters ask for: without it SQLite would read every text to reach the column behind.
FROM_1 = """
ALTER TABLE documents ADD COLUMN collection TEXT;
CREATE INDEX facts ON documents (doc_id, uri, title, outlet, published, collection);
"""
FROM_2 = """
ALTER TABLE documents ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN text_hash TEXT;
"""
FROM_3 = """
ALTER TABLE documents ADD COLUMN published_at TEXT;
ALTER TABLE documents ADD COLUMN modified TEXT;
ALTER TABLE documents ADD COLUMN address TEXT;
ALTER TABLE documents ADD COLUMN unsure TEXT;
ALTER TABLE documents ADD COLUMN signature BLOB;
"""
VERSIONS = """
ALTER TABLE removed ADD COLUMN published_at TEXT;
ALTER TABLE removed ADD COLUMN modified TEXT;
ALTER TABLE removed ADD COLUMN address TEXT;
ALTER TABLE removed ADD COLUMN unsure TEXT;
ALTER TABLE removed ADD COLUMN added_at TEXT;
ALTER TABLE removed ADD COLUMN replaced_by TEXT;
CREATE INDEX removed_chain ON removed (replaced_by);
"""
STEPS = {
    0: SCHEMA + REMOVED,
    1: FROM_1 + FROM_2 + FROM_3 + REMOVED,
    2: FROM_2 + FROM_3 + REMOVED,
    3: FROM_3 + VERSIONS,
}
"""What brings each older format to this one; 0 is a new file."""
# In a file that may not be changed: a temporary view hides the table of the same name, and has the new columns too.
_LACKING = "NULL AS published_at, NULL AS modified, NULL AS address, NULL AS unsure"
_DOCUMENTS = f"PRAGMA temp_store = MEMORY;\nCREATE TEMP VIEW documents AS SELECT *, {_LACKING} FROM main.documents;\n"
_NONE_REMOVED = REMOVED.partition("CREATE INDEX")[0].replace("TABLE", "TEMP TABLE")
READ = {
    1: _DOCUMENTS.replace("SELECT *", "SELECT *, NULL AS collection") + _NONE_REMOVED,
    2: _DOCUMENTS + _NONE_REMOVED,
    3: f"{_DOCUMENTS}CREATE TEMP VIEW removed AS SELECT *, {_LACKING}, NULL AS added_at, NULL AS replaced_by "
    "FROM main.removed",
}
"""What lets an older format be read as this one."""
