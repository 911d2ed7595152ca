### Releases: channels as lanes, their moves, and the forms that move them. `Backticks` mark code.

## Without anything to show
no-repository = This workspace is in no git repository
no-repository-about = Versions and channels are kept in the workspace's own repository, in tags and refs beside the author's branches. Make one and commit the policies:
no-releases = No channel ships anything yet
no-releases-about = A channel, such as stable, ships one version of the policies at a time. A promotion moves it once its gates hold, with the way back already built and signed.

## A channel
lane = Channel { $lane }
roll-back-to = Roll back to { $version }…
mode-dots = Mode…
enforce-dots = Enforce…
ships-nothing = Ships nothing yet.
in-force-since = `{ $version }` is in force since { $at }, by { $by }.
nothing-decides = Nothing decides here yet
nothing-decides-about = Nothing was in force before, and these policies are not enforced: whom no canary reaches is denied everything.
track = Moves of { $lane }, oldest first
before = { NUMBER($count) } before
asks = Before it moves: no errors, tests pass, { $asks }.

## Moves of a channel
moves = Moves
moves-of = Moves of { $lane }
older-moves = { $count ->
    [one] { NUMBER($count) } older move: `fabric history { $lane }`
   *[other] { NUMBER($count) } older moves: `fabric history { $lane }`
}
what-and-why = { $what }: { $reason }

## The move in front
move = The move in front
version-as-move = { $version } as move { NUMBER($sequence) }
in-force = in force
what = What
when = When
by = By
reason = Reason
mode = Mode
enforced = enforced
audit-only = audit-only
canary = canary { NUMBER($percent) } %
applied-but = { $said }, { $name } { $mode }
applied-many = { $count ->
    [one] { $all }, { NUMBER($count) } otherwise
   *[other] { $all }, { NUMBER($count) } otherwise
}
version-in-mode = { $version }, { $mode }
ships = { $channel } ships { $version }, { $mode }
did-promotion = Promotion
did-modes = Modes
did-undo = Undoes { NUMBER($sequence) }
did-undo-part = Undoes a part of { NUMBER($sequence) }
ask-drift = drift within `{ $file }`
ask-approvals = { $count ->
    [one] an approval by somebody else
   *[other] { NUMBER($count) } approvals by others
}
and-more = and { NUMBER($count) } more
approved-by = Approved by
gates-passed-over = Gates passed over
commit = Commit
copy-commit = Copy the commit
compare-with = Compare with { $version }
show-receipt = Show the receipt

## Modes to choose from
mode-enforce = Enforce for everybody
mode-canary-10 = Canary: 10 % of principals
mode-canary-50 = Canary: 50 % of principals
mode-audit-only = Audit only: decide and record
nobody-else = Who is not reached is denied everything
nobody-else-about = Nothing was in force here before this version, so that nothing else decides for those whom this mode leaves out.

## A promotion. `$commit` is the first line of a commit, `$why` a sentence without its full stop.
made-of = A version that does not exist yet is made of what is committed now: { $commit }. A promotion is signed and stays in the history; it is undone by rolling back.
unready = No new version can be made now: { $why }. A version that exists can be shipped.
channel = Channel
version = Version
if-closed = If a gate stays closed
why-outside = Why it cannot wait for the window
why-references = Why broken references may stay
override-file = A signed override of drift, a file
promoting = Sealing both bundles, writing the receipt…

## Gates
gates = Gates
looking = Looking at the gates…
gate-validation = Validation
gate-tests = Tests
gate-references = References
gate-drift = Drift
gate-approvals = Approvals
gate-window = Time window
gate-passed = passed
gate-passed-over = passed over
gate-closed = closed
gate-not-asked = not asked

## What was found at a gate. `$more`, `$message`, `$why` and `$reason` may be words of others.
found-no-errors = No errors in any file
found-errors = { $count ->
    [one] { NUMBER($count) } error, in `{ $place }`: { $message }
   *[other] { NUMBER($count) } errors, the first in `{ $place }`: { $message }
}
found-no-tests = The version has no named tests
found-tests-pass = { $count ->
    [one] { NUMBER($count) } named test passes
   *[other] { NUMBER($count) } named tests pass
}
found-tests-fail = Failed: { NUMBER($failed) } of { $of ->
    [one] { NUMBER($of) } named test
   *[other] { NUMBER($of) } named tests
}, the first is `{ $first }`
found-unlisted = The workspace has no `{ $file }`
found-references-whole = { $count ->
    [one] { NUMBER($count) } reference is whole
   *[other] { NUMBER($count) } references are whole
}
found-references-broken = Broken: { NUMBER($broken) } of { $of ->
    [one] { NUMBER($of) } reference
   *[other] { NUMBER($of) } references
}, the first in `{ $place }`: { $message }
found-list-gone = What is in force has `{ $file }`, and this version has none
found-left-out = { $found }; left out: { $reason }
found-no-tolerance = The channel names no tolerance file
found-nothing-shipped = The channel ships nothing yet: there is nothing to compare with
found-no-log = There is no log to replay
found-replayed = { $rows ->
    [one] { NUMBER($rows) } row replayed
   *[other] { NUMBER($rows) } rows replayed
}: +{ NUMBER($gained) } gain, −{ NUMBER($lost) } lose, { NUMBER($open) } open
found-no-schema = nothing proven: there is no schema
found-proven = `{ $action }` { $relation }
found-proven-why = `{ $action }` { $relation } ({ $why })
found-alike = { $count ->
    [one] proven alike for { NUMBER($count) } action
   *[other] proven alike for { NUMBER($count) } actions
}
found-exceeded = { $count ->
    [one] { NUMBER($count) } bound exceeded
   *[other] { NUMBER($count) } bounds exceeded
}
found-answer = { $by } answers for it: { $reason }
found-no-approvals = The channel asks for no approval
found-not-approved = { $wanted ->
    [one] { NUMBER($wanted) } approval asked for, and nobody approved
   *[other] { NUMBER($wanted) } approvals asked for, and nobody approved
}
found-approved = { NUMBER($there) } of { NUMBER($wanted) }: { $people }
found-any-time = The channel moves at any time
found-open = Open: { $hours }
found-closed = Closed: { $hours }
found-anyway = Closed ({ $hours }); moved anyway: { $reason }
remark-own = { $found }; by the next version’s rules, for those in force cannot be met: { $why }
remark-own-approvals = { $asked ->
    [one] { NUMBER($asked) } approval
   *[other] { NUMBER($asked) } approvals
} asked for, { $there ->
    [one] { NUMBER($there) } approver
   *[other] { NUMBER($there) } approvers
} named
remark-tests-gone = { $count ->
    [one] a named test is no longer in it: `{ $first }`
   *[other] { NUMBER($count) } named tests are no longer in it, the first is `{ $first }`
}
remark-in-between = as long as some of its policies wait, with those before in their place
remark-canary-left-out = what a canary gives to those it reaches is not counted
remark-nothing-decides = nothing decides for everybody yet: held against the version that only runs along
remark-not-shipped = { $count ->
    [one] a file does not ship, for git does not have it: `{ $first }`
   *[other] { NUMBER($count) } files do not ship, for git does not have them; the first is `{ $first }`
}
found-also = { $found }; { $more }
hours = { $days } { $from } to { $until } UTC
weekday = { $day ->
    [0] Sun
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
   *[other] Sat
}

## What to do about it
hint-errors = Correct them, commit, and make a new version
hint-tests = See `fabric test`; correct the policies or the tests, and make a new version
hint-references = Mend them, commit, and make a new version; or say why broken references may stay
hint-no-log = Import a log into the workspace
hint-exceeded = See `fabric guard` for what exceeds the tolerance; an approver may sign an override
hint-approvals = Ask an approver of `workspace.toml` who did not write the change for `fabric approve`, in the modes that are asked for
hint-closed = Wait for the window, or say why it cannot wait

## A rollback
roll-back-about = `{ $channel }` ships `{ $now }` and will ship `{ $back }` again, from the bundle that was signed with the promotion. No gate is asked, no network is needed, and going forward again is one promotion. This, too, is signed and stays in the history.
going-back = Going back…

## Another mode. `$mode` is how the application puts it, as `audit-only`.
ships-enforced = `{ $channel }` ships `{ $version }`, enforced for everybody.
ships-in-mode = `{ $channel }` ships `{ $version }`, { $mode }.
shadow-log = What the enforcement point recorded, a shadow log
choose = Choose…
mode-from-now = Mode from now on
only-policy = Only the policy, by its id
changing-mode = Changing the mode…
apply = Apply

## What a shadow log comes to
shadow-about = `fabric pdp serve --shadow FILE` records what the version would have decided while something else is enforced.
compared = { $count ->
    [one] { NUMBER($count) } decision compared.
   *[other] { NUMBER($count) } decisions compared.
}
compared-span = { $count ->
    [one] { NUMBER($count) } decision compared, { $first } to { $last }.
   *[other] { NUMBER($count) } decisions compared, { $first } to { $last }.
}
of-others = { $count ->
    [one] { NUMBER($count) } row is of other versions or modes and counts for nothing here.
   *[other] { NUMBER($count) } rows are of other versions or modes and count for nothing here.
}
not-compared = { $count ->
    [one] { NUMBER($count) } row was compared with nothing and count for nothing here.
   *[other] { NUMBER($count) } rows were compared with nothing and count for nothing here.
}
not-read = { $count ->
    [one] { NUMBER($count) } line could not be read and counts for nothing here.
   *[other] { NUMBER($count) } lines could not be read and count for nothing here.
}
nothing-to-go-by = Nothing to go by
nothing-to-go-by-about = No decision of what the channel ships now was compared: this says nothing about what enforcing it would change. Let it run along for a while, and look again.
nobody-notices = Nobody would notice
nobody-notices-about = Enforced, the version would have decided each of them as it was decided.
would-be-denied = would be denied
would-be-allowed = would be allowed
who-notices = Who would notice
column-who = Who
column-action = Action
column-would-be = Would be
column-times = Times
column-resources = Resources
column-by = By
allowed = + allowed
denied = − denied
no-permit = no permit
more-lines = { $count ->
    [one] { NUMBER($count) } line more: `fabric pdp cutover --json` lists all.
   *[other] { NUMBER($count) } lines more: `fabric pdp cutover --json` lists all.
}

## What came of it
receipt-says-so = Receipt { $receipt } says so.
no-receipt = There is no receipt to show
finish = Finish that move
finished-first = Another move was finished first
finished-look = It was begun earlier and cut off. Nothing else was done: look at what the channel ships now, then ask again.
not-compared-versions = The versions were not compared
