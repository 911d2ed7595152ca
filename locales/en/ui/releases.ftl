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
gate-passed = passed
gate-passed-over = passed over
gate-closed = closed
gate-not-asked = not asked

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
not-compared = { $count ->
    [one] { NUMBER($count) } row was compared with nothing and count for nothing here.
   *[other] { NUMBER($count) } rows were compared with nothing and count for nothing here.
}
not-read = { $count ->
    [one] { NUMBER($count) } line could not be read and counts for nothing here.
   *[other] { NUMBER($count) } lines could not be read and count for nothing here.
}
nothing-to-go-by = Nothing to go by
nothing-to-go-by-about = No decision was compared yet: this says nothing about what enforcing it would change.
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
not-compared-versions = The versions were not compared
