"""Every session-state key, named once. Session state is a cursor; the database is the truth."""

LANGUAGE = "language"
PROJECT = "project"
OPENED = "opened_project"  # the one that this session has opened: old history was let go of

INBOX = "inbox"  # with a component's name: what it was answered
GRID_FEED = "grid_feed"  # what the browser holds of the table
GRID_WHOLE = "grid_whole"  # rows whose long texts are shown whole
GRID_ADDED = "grid_added"  # ids of new rows by the keys that a browser knows them by
GRID_FOCUS = "grid_focus"  # the cell to put the cursor into
GRID_PAGE = "grid_page"
GRID_QUERY = "grid_query"  # what the table is narrowed to, and its order
GRID_FOUND = "grid_found"  # the rows that the query found, until it is asked anew
GRID_ADDRESS = "grid_address"  # what of this stands in the address
OPEN_EXAMPLE = "open_example"
PANEL_WORDS = "panel_words"  # the language of the words that the panel was sent
BULK = "bulk_asked"  # what is asked of many rows, in the dialog that is open
BULK_LOOKS = "bulk_looks"  # what that dialog has found out, by what was chosen in it

QUALITY_SECTION = "quality_section"
QUALITY_ADDRESS = "quality_address"  # the section that stands in the address

VOICE_DISTANCES = "voice_distances"  # the task that held the examples against the voice last
BRAND_EDITED = "brand_edited"  # the rule that is being changed
BRAND_ROUND = "brand_round"  # of the form, which begins anew after each rule
BRAND_FILE = "brand_file"  # what came of the last file with rules
BRAND_BACK = "brand_back"  # the rules that can be brought back
JUDGED_BACK = "judged_offer"  # the pair of examples that was found to be fine
PAIRS_KIND = "pairs_kind"  # which pairs of examples are shown

UNDO = "undo_offer"
NOTICE = "notice"  # one sentence to show after the next run

TASK_SEEN = "task_seen"  # with a task's key: the ended one that the page was drawn with
RECIPES = "recipes"  # how files are read, by their tickets and what the person said about it
FIRST = "first_examples"  # of the file at hand
PASTED = "pasted"  # what was pasted, by its hash, and the ticket it is kept under
EXPECTED = "expected_file"  # with the key of a place to drop a file: the ticket for the next
IMPORT = "import_look"  # the task that looks at the file at hand
TRAIN_TICKET = "train_ticket"  # one press of Start, however often it is sent
OPEN_JOB = "open_job"  # the page this visit is on, and the job it is about
JOBS_SHOWN = "jobs_shown"
JOBS_QUERY = "jobs_query"  # what the list of jobs is narrowed to
JOBS_ADDRESS = "jobs_address"  # what of it stands in the address
JOB_PROBLEMS = "job_problems"  # why the last button of a job failed, by the job's id
JOB_DIFF = "job_diff"  # with a job's id: whether, and how much of, its difference is shown
WATCHED = "watched_jobs"  # those that were under way when this visit last looked
ENDED_JOBS = "ended_jobs"  # those that have ended since, until somebody has seen it
VISIT = "visit"  # a mark of this visit
EMPTIED = "emptied_chat"  # the talk that can be brought back
SESSION_KEYS = "session_keys"  # keys typed for this session, by connection
READY = "ready_for"  # with a project's id: the key of what was last found out about it
EXPORT = "export_build"  # the key of the files that this session built last
IMPORT_ROUND = "import_round"
ASK = "asked_offer"  # an offered question that was clicked
RECALL = "recalled"
KEYCHAIN_KEYS = "keychain_keys"  # keys read from the keychain in this session, by account
REPORTS = "connection_reports"  # what the last test of a connection found, by connection
SERVER_MODELS = "server_models"  # what a server offers, or why it did not say, by connection
REMOVED = "removed_connection"  # the connection that can be brought back
PRICE_BACK = "price_offer"  # the correction of a price that can be had as it was
PLACE_PROBLEM = "place_problem"  # what is wrong with a place as typed, by form
FORGOTTEN = "forgotten_lines"  # unreadable lines that can be brought back
VERSION = "forgotten_version"  # the named version that can be brought back
HISTORY_SHOWN = "history_shown"  # how many changes
HISTORY_EXAMPLES = "history_examples_"  # with a change's id: how many of its examples are shown
HISTORY_REFUSED = "history_refused"  # the change that could not be undone, and why
