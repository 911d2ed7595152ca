### Drift: the review of what an edit changes, and what-ifs.

## Head, and the two questions of the place
base-in-force = in force
head-as-edited = as edited
versions = { $base } → { $head }
# `$file` is said of one draft alone.
title = { $drafts ->
    [0] Saved policies against { $base }
    [one] { $file }, draft against { $base }
   *[other] { NUMBER($drafts) } drafts against { $base }
}
title-what-ifs = What if the facts were different?
sheets = What is asked
changes = Changes of the edit
what-ifs = What-ifs
to-look-at = { NUMBER($count) } to look at
run-all = Run all
compare = Compare…
back-to-edit = Back to the edit
back-to-editor = Back to the editor

## When there are no changes to show, or only old ones
computing = Replaying the edit…
broken = The edit has errors; these changes are of the last text that could be replayed
no-log = No recorded decisions yet
no-log-about = Drift replays recorded decisions against your edit and names everyone who gains or loses access, and why. It needs a decision log: import yours, or generate one from the schema and entities.
generate = Generate…
no-replay = Nothing to replay yet
no-replay-about = The policies do not compile. Correct the problems, and the changes appear here.

## Headline: what counts, and below it in how far
headline = Headline, also filters
gain-access = Gain access
lose-access = Lose access
undeterminable = Undeterminable
errors = Evaluation errors
reach = { $principals ->
    [one] { NUMBER($principals) } principal
   *[other] { NUMBER($principals) } principals
}, { $resources ->
    [one] { NUMBER($resources) } resource
   *[other] { NUMBER($resources) } resources
}
all-known = every outcome is known
log-lacks = the log lacks what they depend on
may-change = { NUMBER($gained) } may gain, { NUMBER($lost) } may lose
no-errors = none appeared or vanished
errors-about = appeared or vanished; a forbid that errs is skipped
show-all-changes = Show all changes
show-only-these = Show only these
disagrees = { $count ->
    [one] { NUMBER($count) } decision
   *[other] { NUMBER($count) } decisions
} where the policies in force do not reproduce what the log recorded: the log is older than they are, or the engine changed
show-all = Show all
show-disagreeing = Show those among the changes

## Layouts
layout = Layout of the changes
tab-all = All changes
tab-principal = By person
tab-resource = By resource
tab-action = By action
tab-policy = By policy
tab-text = Text
tab-semantic = Semantic
tab-proof = Proof
why = Why
why-width = Width of the explanation

## List. Columns of numbers are narrow: eight letters.
list = Changes, riskiest first
column-change = Change
column-who = Who
column-action = Action
column-on = On
column-policy = Policy
column-times = Times
column-gain = Gain
column-lose = Lose
column-open = Open
column-changes = Changes
column-risk = Risk
column-viewed = Viewed
search = Search changes
hide-viewed = Hide viewed
clear-filters = Clear filters
mark-viewed = Mark as viewed
mark-not-viewed = Mark as not viewed
nobody = Nobody gains or loses access
nobody-about = Every recorded decision comes out the same under the edit as under what is in force.
none-fits = No change fits the filters
none-fits-about = The changes are still there; the filters hide them.
unchanged = { NUMBER($unchanged) } of { NUMBER($rows) } recorded decisions unchanged, not listed.
assumed = { NUMBER($count) } of them carry no entities; the workspace's are assumed.
viewed = { NUMBER($viewed) } of { NUMBER($all) } viewed

## Text and meaning
same-text = No text differs
same-text-about = The files are what they are in the base.
files-differ = { $count ->
    [one] { NUMBER($count) } file differs
   *[other] { NUMBER($count) } files differ
}
side-by-side = Side by side
one-column = In one column
open-in-editor = Open in editor
same-meaning = The same meaning
same-meaning-about = Every policy means what it means in the base, whatever its formatting, order or file.
added = added
removed = removed
changed = changed
moved = moved
was = was { $id }
in-force = In force
edited = Edited

## Proof
no-solver = no solver
solver = { $solver }, { NUMBER($milliseconds) } ms
none-decided-otherwise = No request can be decided otherwise
none-decided-otherwise-about = Proven for every principal, resource, context and hierarchy the schema allows, recorded or not.
kinds-the-same = { $count ->
    [one] { NUMBER($count) } other kind of request is
   *[other] { NUMBER($count) } other kinds of request are
} proven to stay as they are.
principal-on-resource = { $principal } on { $resource }
as-edited = As edited
decided = { $decision } by `{ $policies }`
decided-by-none = { $decision } by `no permit matches`
request-and-entities = The request and all entities there are
try-request = Try this request
add-as-test = Add as test
open-policy = Open the policy
copy-json = Copy as JSON

## Why
explanation = Explanation
entities-read = Entities read
no-change = No change selected
no-change-about = Choose a change, or press n, to see which policies decide it and what they read.
# What the log saw: `$seen` is one of the three below, `$times` how often.
seen = { $seen } { $times }.
seen-on = { $seen } { $times } on { $day }.
seen-between = { $seen } { $times } between { $first } and { $last }.
seen-allowed = Allowed
seen-denied = Denied
seen-asked = Asked
times = { $count ->
    [one] { NUMBER($count) } time
   *[other] { NUMBER($count) } times
}
now-allowed = The edit allows it.
now-denied = The edit denies it.
now-open = Under the edit it depends on what the log does not record.
risk = { $level } risk
log-disagrees = The policies in force do not reproduce the log
recorded = Recorded: { $decisions }.
recorded-times = { $decision } { $times }
error-changed = An evaluation error appeared or vanished
error-changed-about = A policy that errs is skipped, a forbid included.
under-edit = Under the edit
context = Context
fact = Fact
decision = Decision
decided-by = Decided by
depends-on = Depends on
left-open-by = Left open by
no-permit = no permit matched
# Stands after the name of a policy.
errs = err: { $message }
more-clauses = and { NUMBER($count) } more
no-entity = No entity was read
no-entity-about = The decision rests on the request alone.
entities-assumed = The log carries no entities for this request. These are the workspace's as they are now, which may differ from what they were then.
entities-recorded = As they were recorded with the request.
in-parents = in `{ $parents }`

## What-ifs come in packs
no-what-ifs = No what-ifs yet
no-what-ifs-about = An edit asks what would happen if the rules were others; a what-if asks it of the facts: the rota is down, every contract has ended, the second factor is out. It replays recorded decisions with those facts and holds the difference against what you expect, on demand or every night.
# The folder follows.
packs-are = Packs are TOML files in
copy-path = Copy the path
packs = Packs of what-ifs
pack = The pack in front
not-run-yet = not run yet
met = as expected
unmet = { NUMBER($count) } unmet
not-run = not run
standing = { $count ->
    [one] { NUMBER($count) } pack
   *[other] { NUMBER($count) } packs
}: { $parts }
packs-met = { NUMBER($count) } as expected
packs-unmet = { NUMBER($count) } not as expected
packs-failed = { NUMBER($count) } cannot be run
packs-not-run-yet = { NUMBER($count) } not run yet
unkept = The last results are not kept
running = Running…
running-of = Running: { NUMBER($done) } of { NUMBER($total) } what-ifs
running-pack = running…
progress = Progress of the what-ifs
never-ran = Never run
ran-at = Ran { $at }
what-ifs-count = { $count ->
    [one] { NUMBER($count) } what-if
   *[other] { NUMBER($count) } what-ifs
}

## The pack in front
run = Run
busy = Busy: { $job }
open-pack = Open in the editor
rows = Rows
ran = Ran
never = never
due = Due
due-next = as soon as nothing else runs
due-by-hand = only when somebody runs it
pack-found = What the pack found
pack-changed = The pack was changed after this run
pack-changed-about = What follows is of the pack as it was. Run it again.
expected = Expected
expectation-met = Met:
expectation-unmet = Not met:
found = found { NUMBER($found) }
most-by = most by { $principals }
otherwise = otherwise: { $requests ->
    [one] { NUMBER($requests) } distinct request
   *[other] { NUMBER($requests) } distinct requests
}
otherwise-entities = otherwise: { $entities ->
    [one] { NUMBER($entities) } entity
   *[other] { NUMBER($entities) } entities
}, in { $requests ->
    [one] { NUMBER($requests) } distinct request
   *[other] { NUMBER($requests) } distinct requests
}
none-of-rows = None of { $rows ->
    [one] { NUMBER($rows) } row
   *[other] { NUMBER($rows) } rows
} would be decided otherwise
# Both with their sign.
gained = { $count } gained
lost = { $count } lost
open = ? { NUMBER($count) } open
errors-changed = { $count ->
    [one] { NUMBER($count) } error changed
   *[other] { NUMBER($count) } errors changed
}
decided-instead = Decided by { $head } instead of { $base }
examples = Some of the rows that would be decided otherwise, riskiest first

## Over time
over-time = Over the last ninety days
which = Which what-if
all-together = All what-ifs together
runs = Runs, newest first
column-run = Run
column-outcome = Outcome
column-gained = Gained
column-lost = Lost
column-met = Met
met-of = { NUMBER($met) } of { NUMBER($all) }
runs-before = { $count ->
    [one] And { NUMBER($count) } run before.
   *[other] And { NUMBER($count) } runs before.
}

## What happens to what-ifs
what-ifs-running = Running what-ifs
what-ifs-ran = The what-ifs have run
what-ifs-did-not-run = The what-ifs did not run
