### Everything one can do: titles of actions as commands, their sections, and why one cannot run now.
###
### A reason begins with a small letter: it stands after the action's title, or alone with a capital.

## Sections
section-go = Go to
section-edit = Editing
section-review = Reviewing changes
section-releases = Releases
section-evidence = Evidence
section-workspace = Workspace
section-help = Help

## Actions
palette = Search and commands
go-policies = Go to Policies
go-drift = Go to Drift
go-what-ifs = Go to What-ifs
go-releases = Go to Releases
go-evidence = Go to Evidence
go-ledger = Go to the workspace's ledger
go-narratives = Go to Narratives
go-settings = Go to Settings
save = Save file
format = Format file
cite = Cite what the policy rests on…
undo = Undo
redo = Redo
discard = Discard draft
next-problem = Next problem
previous-problem = Previous problem
definition = Go to definition
focus-editor = Focus the editor
show-problems = Show problems
show-drift = Show drift beside the editor
show-tests = Show test requests
run-tests = Run test requests
toggle-tree = Show or hide the file tree
toggle-inspector = Show or hide the inspector
next-change = Next change
previous-change = Previous change
mark-viewed = Mark change as viewed
add-test = Add change as test
compare-versions = Compare versions
open-in-editor = Open change in the editor
text-diff = Show the text diff
semantic-diff = Show the semantic diff
run-what-ifs = Run all what-ifs
promote = Promote…
roll-back = Roll back…
change-mode = Change the mode…
publish-narrative = Publish the narrative…
verify-bundle = Verify a bundle…
verify-again = Verify again
choose-trust = Choose trust file…
check-ledger = Read all receipts again
verify-sample = Verify the sample's bundle
export-receipts = Export receipts…
open-folder = Open folder…
open-sample = Open the sample workspace
new-file = New policy file…
import-log = Import recorded decisions…
generate-log = Generate decisions…
replay = Replay the log again
close-workspace = Close workspace
help = Help for what has the focus
shortcuts = Keyboard shortcuts
diagnose = Diagnostics…

## Why one cannot run now
refused = { $action }: { $why }
busy = busy: { $job }
no-workspace = no workspace is open
no-file = no file is open
file-too-large = this file is too large to edit here
nothing-unsaved = there is nothing unsaved
only-policies-cite = only policies cite
only-policies-are-formatted = only policy files are formatted
does-not-parse = the text does not parse; correct the problems first
no-decisions = there are no recorded decisions yet
not-computed = the changes are not computed yet
nothing-changes = nothing changes
no-change-selected = no change is selected
no-sample-bundle = the sample workspace brings it, for who has no trust file yet
no-narrative = no narrative is in front
no-channel-ships = no channel is in front that ships something
no-way-back = no channel is in front that has something to go back to
no-problems = there are no problems
no-what-ifs = there are no what-ifs to run
no-bundle = no bundle is open
no-ledger = the workspace has no ledger
cause-is-gone = The policy that caused this change is no longer there
