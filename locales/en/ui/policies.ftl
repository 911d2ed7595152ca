### Policies: files, editor, inspector, and the one line below the editor that is always true.

## Around files, editor and inspector
tree-width = Width of the file tree
show-tree = Show the file tree
hide-tree = Hide the file tree
inspector = Inspector
inspector-width = Width of the inspector
show-inspector = Show the inspector
hide-inspector = Hide the inspector
problems = Problems
tests = Tests
history = History

## Files
files = Files
schema = Schema
what-ifs = What-ifs
links = Template links
entities = Entities
stories = Prepared edits
has-problems = Has problems
has-draft = Has an unsaved draft

## A file, beside its name
changed = changed
new = new
draft = draft
read-only = read only

## Editor
no-file = No file open
no-file-about = Choose a file from the tree, or press Ctrl K and type part of its name.
discard = Discard
format = Format
save = Save
take-disk = Take the file on disk
conflict = This file changed on disk since your draft began. Your draft is kept; saving is refused until you choose.
recovered = Drafts from an earlier session were kept:
no-problem-here = No problems in this file
editor-missing = The editor did not load

## What became of files, policies and edits
not-opened = { $path } was not opened
saved = { $path } saved
formatted = Formatted
formatted-already = Already formatted
discarded = Draft discarded; undo brings it back
cited = { $name } is cited
defined-nowhere = Nothing is defined elsewhere for this
gone = { $name } is not in this workspace any more
edit-not-applied = The edit was not applied

## Prepared edits
stories-title = What would you like to see?
stories-about = Each card makes an edit as a draft. { NUMBER($rows) } recorded decisions are replayed against it, and nothing is saved until you say so.
stories-about-no-log = Each card makes an edit as a draft. The recorded decisions it is replayed against are not there yet; see the line below.
stories-or = Or open any file from the tree and make an edit of your own.
story = Edit { NUMBER($number) }
story-meant = What the author meant
story-next = Take it back and see: { $title }

## The line below the editor. Stars mark what is set off, in this order: decisions, gained, lost, undeterminable, errors.
effect = What this edit does
open = Open
not-compiling = The policies do not compile, so nothing can be replayed yet.
replaying-log = Replaying recorded decisions…
replaying = replaying…
log-progress = Progress of the log
nothing-known = No recorded decisions yet, so nothing can be said about whose access this edit changes.
generate = Generate…
generate-decisions = Generate { NUMBER($rows) } decisions
import = Import…
counts-nobody = *{ NUMBER($rows) }* recorded decisions: nobody gains or loses access.
counts = *{ NUMBER($rows) }* recorded decisions: *{ $gained ->
    [0] 0
    [one] +{ NUMBER($gained) }
   *[other] +{ NUMBER($gained) }
} gain*, *{ $lost ->
    [0] 0
    [one] −{ NUMBER($lost) }
   *[other] −{ NUMBER($lost) }
} lose*, *{ NUMBER($open) } undeterminable*{ $errors ->
    [0] {""}
    [one] , *{ NUMBER($errors) } evaluation error changed*
   *[other] , *{ NUMBER($errors) } evaluation errors changed*
}.
counts-of-last = The counts are those of the last text that could be replayed.
counts-older = The counts are older than the text.
does-not-parse = This edit does not parse.
does-not-parse-at = This edit does not parse ({ $file }, line { $line }).
has-errors-at = This edit has errors ({ $file }, line { $line }).
not-proven = Not proven: { $why }

## Drift beside the editor
no-log = No recorded decisions
no-log-about = Drift replays recorded decisions against your edit and shows who gains and who loses access. Import a log or generate one below the editor.
nothing-to-replay = Nothing to replay yet
nothing-to-replay-about = The policies do not compile. Correct the problems first.
not-replayed = Not replayed
not-replayed-about = The text on screen could not be replayed; the line below the editor says why.
nobody = Nobody gains or loses access
nobody-same = The policies mean the same as { $base }. { NUMBER($rows) } recorded decisions stay as they are.
nobody-differ = { $policies ->
    [one] { NUMBER($policies) } policy differ, but none of the { NUMBER($rows) } recorded decisions changes.
   *[other] { NUMBER($policies) } policies differ, but none of the { NUMBER($rows) } recorded decisions changes.
}
review = { $changes ->
    [one] Review all { NUMBER($changes) } change
   *[other] Review all { NUMBER($changes) } changes
}
reach = { $principals ->
    [one] { NUMBER($principals) } principal
   *[other] { NUMBER($principals) } principals
} on { $resources ->
    [one] { NUMBER($resources) } resource
   *[other] { NUMBER($resources) } resources
}.
line = line { $line }

## Problems
no-problems = No problems
no-problems-about = Every policy parses, fits the schema and has an id of its own.
more-problems = And { NUMBER($count) } more. Correct these first.
by-proof = Found by proof
by-proof-later = Looked for when the edit has been replayed.
by-proof-broken = Nothing can be proven of policies that do not compile. Correct the problems first.
by-proof-nothing = Nothing: every policy matches some request, no permit matches all of a kind, and none can fail.
not-proven-of = Not proven for `{ $policy }`: { $why }.
not-proven-of-many = Not proven for { NUMBER($count) } policies: { $why }.
try-request = Try the request

## Test requests
tests-score = { NUMBER($passed) } of { NUMBER($all) } pass with the text on screen
tests-about = Requests and the decision each must have
new-test = New
no-tests = No test requests
no-tests-about = A test request names who asks for what and the decision it must have. It runs with every edit.
test-requests = Test requests
own-entities = { $count ->
    [one] with { NUMBER($count) } entity of its own
   *[other] with { NUMBER($count) } entities of its own
}
edit = Edit
remove = Remove
fails = fails
expected = expected { $decision }
no-permit = no permit matched
held = held
not-held = did not hold
not-evaluated = could not be evaluated
open-in-editor = Open in the editor
test-kept = Test `{ $name }` kept
test-removed = Test `{ $name }` removed
test-not-removed = The test was not removed

## A request to try. What is missing begins with a small letter: it stands on the button with a capital.
action = Action
principal = Principal
resource = Resource
context = Context, as JSON
no-context = This action has no context.
own-entities-instead = { $count ->
    [one] With { NUMBER($count) } entity of its own instead of the workspace's
   *[other] With { NUMBER($count) } entities of its own instead of the workspace's
}
workspace-entities = Use the workspace's entities
decide = Decide
decided = Decided: { $decision }
keep-name = Keep as test: name
it-must = It must
be-allowed = be allowed
be-denied = be denied
keep-test = Keep test
name-test = Give the test a name
name-principal = name a principal first
name-action = name an action first
name-resource = name a resource first
not-json = the context is not a JSON object: { $error }

## What a policy rests on
find = Find
cite-as = As
reading-list = Reading the list…
nothing-to-cite = This workspace lists nothing to cite. `authorities.toml` names clauses, contracts, tickets and reports, each with an id and a title.
nothing-called-so = Nothing listed is called like that.
citable = What may be cited

## Earlier previews and imports
no-history = Nothing yet
no-history-about = Previews and log imports of this workspace are listed here.
