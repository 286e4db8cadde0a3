"""Every session-state key, named once. Session state is a cursor; the database is the truth."""

LANGUAGE = "language"
PROJECT = "project"

GRID_GENERATION = "grid_generation"  # raised to give the table a fresh widget
GRID_SHOWN = "grid_shown"  # the current widget: its key, its row ids, its deltas already saved
GRID_PAGE = "grid_page"
GRID_FILTER = "grid_filter"
PICKED = "picked_examples"
OPEN_EXAMPLE = "open_example"
SET_ASIDE = "set_aside"  # typed, but not to be saved without being asked about

UNDO = "undo_offer"
NOTICE = "notice"  # one sentence to show after the next run

IMPORT = "import_preview"
TRAIN_TICKET = "train_ticket"  # one press of Start, however often it is sent
OPEN_JOB = "open_job"
JOBS_SHOWN = "jobs_shown"
CHAT = "chat"
SESSION_KEYS = "session_keys"  # keys typed for this session, by connection
IMPORT_ROUND = "import_round"
ASK = "asked_offer"  # an offered question that was clicked
RECALL = "recalled"
KEYCHAIN_KEYS = "keychain_keys"  # keys read from the keychain in this session, by account
REPORTS = "connection_reports"  # what the last test of a connection found, by connection
SERVER_MODELS = "server_models"  # what a server offers, or why it did not say, by connection
REMOVED = "removed_connection"  # the connection that can be brought back
PLACE_PROBLEM = "place_problem"  # what is wrong with a place as typed, by form
UNANSWERED = "unanswered_job"  # its provider does not answer: look less often
FORGOTTEN = "forgotten_lines"  # unreadable lines that can be brought back
