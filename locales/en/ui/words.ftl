### How values are written: numbers, dates, sizes, and words for what the engine says.

## Numbers. The sign between thousands, and the one before decimals.
group = ,
decimal = .
bytes = { NUMBER($n) } B
kilobytes = { NUMBER($n) } kB
megabytes = { $n } MB
milliseconds = { NUMBER($n) } ms
seconds = { $n } s

## Dates
january = Jan
february = Feb
march = Mar
april = Apr
may = May
june = Jun
july = Jul
august = Aug
september = Sep
october = Oct
november = Nov
december = Dec
day = { $day } { $month }
date = { $day } { $month } { $year }
date-time = { $date }, { $time } UTC
span = { $first } to { $last }
decisions = { $count ->
    [one] { NUMBER($count) } decision
   *[other] { NUMBER($count) } decisions
}
log = { $decisions }, { $span }

## Classes of change, beside a sign
gained = gained
lost = lost
maybe-gained = may gain
maybe-lost = may lose
undeterminable = undeterminable
unchanged = unchanged

## Risks
risk-high = high
risk-medium = medium
risk-low = low

## Decisions
allow = allow
deny = deny
cannot-be-told = cannot be told

## How the edit relates to what is in force
equivalent = the same
narrows = only narrows
widens = only widens
differs = widens and narrows
not-proven = not proven

## What is proven. `$actions` is nothing, or one of the three that begin with a comma.
for-one = , for { $action }
for-few = , for { $actions } and { $last }
for-many = , for { NUMBER($count) } actions
proven-equivalent = Proven for every possible request: nobody gains or loses access.
proven-widens = Proven: access can only be gained{ $actions }.
proven-narrows = Proven: access can only be lost{ $actions }.
proven-differs = Proven: access can be gained and lost{ $actions }.
proven-in-part = Proven only in part{ $actions }.
proven-no-solver = Not proven: no solver.

## What was found by proof
not-separate = not separate
may-error = may fail
always-allows = always allows
never-matches = never matches
nothing-to-separate = nothing to separate

## How a verification ended, and each of its checks
verified = Verified
failed = Failed
cannot-decide = Cannot decide
check-passes = holds
check-fails = does not hold
check-not-made = not checked

## The counts of a preview
nobody = { NUMBER($rows) } recorded decisions: nobody gains or loses access.
totals = { NUMBER($rows) } recorded decisions: { NUMBER($gained) } gain, { NUMBER($lost) } lose, { NUMBER($open) } undeterminable.

## What is wrong with something that policies cite
amiss-unlisted = `{ $name }` is not in `{ $list }`
amiss-near = `{ $name }` is not in `{ $list }`; did you mean `{ $near }`?
amiss-empty = `@{ $annotation }` cites nothing between its quotes or commas
amiss-expired = `{ $name }` held until { $until }
amiss-file-gone = `{ $name }`: its file `{ $path }` is not there
amiss-file-changed = `{ $name }`: its file `{ $path }` changed since it was listed
amiss-no-receipt = `{ $name }`: its receipt is not in the ledger
