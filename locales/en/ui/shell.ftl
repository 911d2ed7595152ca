### What surrounds every place: bars, palette, dialogs that belong to no place, the start screen, and words of components.

## Places
policies = Policies
drift = Drift
releases = Releases
evidence = Evidence
narratives = Narratives
settings = Settings
places = Places
skip = Skip to content

## Words of many places
cancel = Cancel
close = Close
copied = Copied
dismiss = Dismiss
undo = Undo
cancelled = Cancelled

## Top bar
studio = Trust Fabric Studio
tenant = Tenant
residency = Residency: where this workspace's data may be kept
search = Search files, policies, entities, receipts, commands
compared-with = Edits are compared with this
drift-risky = The edit changes access, some of it risky
drift-changes = The edit changes access

## Status bar
status = Status
offline = Offline
offline-about = Nothing is sent anywhere. Everything here is computed on this machine.
log-none = Log: no decisions yet
log = Log: { $log }
job = { $title }: { NUMBER($done) } of { NUMBER($total) }
job-done = { $job }: finished
progress = Progress
verified-none = Nothing verified yet
verified = { $verdict }: { $bundle }
tests = { NUMBER($passed) } of { NUMBER($all) } tests pass
no-problems = 0 problems
errors = { $count ->
    [one] { NUMBER($count) } error
   *[other] { NUMBER($count) } errors
}
warnings = { $count ->
    [one] { NUMBER($count) } warning
   *[other] { NUMBER($count) } warnings
}
errors-and-warnings = { $errors }, { $warnings }

## Palette
results = Results
nothing-fits = Nothing fits. Try fewer letters.
to-move = to move
to-choose = to choose
to-close = to close
kind-file = file
kind-story = prepared edit
kind-policy = policy in this file
kind-test = test request
kind-entity = entity: try a request
kind-receipt = receipt
kind-what-ifs = what-ifs

## Keys, as they are printed on keyboards
key-ctrl = Ctrl
key-shift = Shift
key-alt = Alt
key-escape = Esc
key-enter = Enter
key-space = Space

## List of shortcuts

## Titles of dialogs
dialog-new-file = New policy file
dialog-add-test = Add change as test
dialog-generate = Generate decisions
dialog-compare = Compare versions
dialog-export = Export receipts
dialog-promote = Promote
dialog-roll-back = Roll back
dialog-mode = Change the mode
dialog-publish = Publish
dialog-rate = Rate
dialog-cite = Cite

## A new file. What is wrong with a name begins with a small letter: it stands below the field, and with a capital on the button.
new-file-path = Path in the workspace
new-file-example = For example access/contractors.cedar
new-file-ending = the name must end in .cedar
new-file-taken = there is a file of that name
new-file-empty = Type a name first
create = Create

## A change as a test
select-change = Select a change first.
may = { $who } may { $action } { $resource }
may-not = { $who } may not { $action } { $resource }
as-before-and-after = as in force and as edited
as-before = as in force: the test fails until the edit is taken back
as-after = as edited: the test keeps it so
as-neither = neither as in force nor as edited
invented = Invented by the solver, and kept with the { $entities } it needs.
entities = { $count ->
    [one] { NUMBER($count) } entity
   *[other] { NUMBER($count) } entities
}
test-name = Name
test-replaces = replaces the test of that name
test-decision = Decision the test expects
must-be-denied = Must be denied
must-be-allowed = Must be allowed
add-test = Add test

## A generated log
generate-about = Makes believable decisions from the schema and entities of this workspace, decided by the policies in force. The same seed makes the same log.
generate-replaces = It takes the place of the log that is loaded now.
generate-decisions = Decisions
generate-seed = Seed
generate = Generate
whole-number = type a whole number

## Versions to compare
compare-about = Replays the log against any two versions and proves what differs between them: a commit, tag or branch, or the path of a folder or archive.
compare-before = Before
compare-before-hint = Empty: the policies in force
compare-after = After
compare-after-hint = Empty: the policies as edited
compare-edit = the edit
compare = Compare

## Start screen
start-title = See whose access an edit changes
start-about = Open a folder of policies, edit, and watch every recorded decision replayed against your edit. Nothing leaves this machine.
start-sample = Open the sample workspace
start-sample-about = An organisation with documents, teams, regions and on-call, and three edits whose effect is worth seeing. You get your own copy.
start-folder = Open a folder
start-folder-about = A workspace, or any folder with .cedar policies, a schema and entities. Files stay where they are; drafts are kept beside them.
start-verify = Verify a bundle
start-verify-about = Check signed evidence with your own trust file. Needs no workspace: choose a .tfb file, or drop one anywhere on the window.
start-opening = Opening { $what }…
start-recent = Recent
start-gone = the folder is gone
the-sample = the sample workspace

## What happens to workspaces and logs
opened = { $name } opened
not-opened = The workspace was not opened
not-closed = The workspace was not closed
created = { $path } created
not-created = The file was not created
settings-not-kept = The settings were not kept
importing = Importing { $files }
generating = Generating decisions
no-log-chosen = No log was chosen
not-imported = The log was not imported
decisions-ready = { $count ->
    [one] { NUMBER($count) } recorded decision ready
   *[other] { NUMBER($count) } recorded decisions ready
}
lines-skipped = { $count ->
    [one] { NUMBER($count) } line could not be used.
   *[other] { NUMBER($count) } lines could not be used.
}
lines-skipped-from = { $count ->
    [one] { NUMBER($count) } line could not be used, first at line { $line }.
   *[other] { NUMBER($count) } lines could not be used, first at line { $line }.
}

## Components
messages = Messages
suggestions = Suggestions
passphrase = Passphrase of the key

## Failures of the window itself. A message and a hint begin with a small letter.
reload-hint = reload the view; your drafts are kept
no-answer = the application did not answer: { $words }
crash-title = The view stopped
crash-about = Something in this window went wrong. Your edits are kept as drafts; reloading brings them back.
crash-reload = Reload view
crash-diagnose = Reload and show diagnostics

## Tables
exporting-table = Exporting a table
table-exported = { $count ->
    [one] One row exported
   *[other] { NUMBER($count) } rows exported
}
table-not-exported = The table was not exported
table-copied = Table copied as Markdown
table-not-copied = The table was not copied

## Undo
undone = Undone
partly-undone = Undone, but for what was changed since
not-undone = It could not be undone

## What is held over the window
drop-report = Drop a report to verify it
drop-logs = Drop logs to import them
drop-logs-about = They take the place of the workspace's recorded decisions. The files stay where they are.
drop-workspace = Drop the folder to open it
drop-workspace-about = It opens as a workspace, as it is.
drop-project = Drop it to see what is in it
drop-project-about = You are shown what an import would do before anything is changed.
not-taken = This cannot be taken
accepted = Accepted are bundles, reports, decision logs, folders and archives with policies, and files of policies, one kind at a time.
logs-need-workspace = Open a workspace first: decisions are imported into one.
files-added = { $count ->
    [0] Everything was there already
    [one] One file added
   *[other] { NUMBER($count) } files added
}
dialog-project = Import a project
