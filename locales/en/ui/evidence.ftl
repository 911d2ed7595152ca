### Evidence: a bundle and how it was judged, its receipts, whose word counts, and the ledger of the workspace.

## The place
ledger-of = Ledger of { $workspace }
read-all-again = Read all again
verify-another = Verify another…
sheets = Whose evidence
sheet-bundle = Bundle
sheet-ledger = This workspace's ledger
in-trouble = in trouble
drop = Drop a bundle to verify it
drop-about = It is only read, and nothing leaves this machine. A folder opens as a workspace.
receipt-count = { $count ->
    [one] { NUMBER($count) } receipt
   *[other] { NUMBER($count) } receipts
}

## What can be copied
copy = Copy
copy-path = Copy the path
copy-digest = Copy the digest
copy-root = Copy the root
copy-key-id = Copy the key's id
copy-key = Copy for a trust file
copy-commands = Copy the commands
copy-verdict = Copy verdict
copy-proof = Copy proof
copy-statement = Copy statement
copy-envelope = Copy envelope
hash-copied = Hash copied

## Before a bundle is chosen
begin = Check what was promised, and trust nobody for it
begin-about = A bundle holds signed receipts and everything that proves them: keys, the ledger they are in, the decisions themselves. Every check is made on this machine, by your trust file alone, and recorded decisions are run again. Nothing leaves this machine.
begin-drop = or drop a .tfb file anywhere on this window
begin-sample = three receipts made on this machine, judged by the sample's own trust file
begin-trust = Whose word counts
begin-recent = Opened before
judged-on = { $verdict } on { $date }
try-again = Try again

## The verdict. Facts of a line are separated by dots.
line-exported = exported { $date }
line-says-exported = says it was exported { $date }
line-judged = judged by { $file } in { $time }
line-judged-by-nobody = judged by nobody in { $time }
line-stays = nothing left this machine
remember = Remember checkpoint
remembered = Checkpoint remembered
rests-on = What the verdict rests on
side = More of it
side-width = Width of the side

## Why the verdict is what it is. `$sentence` comes from the application and begins with a small letter: `the ledger only grew`.
because-verified = { $idle ->
    [0] Every check that applies holds ({ NUMBER($hold) }).
    [one] Every check that applies holds ({ NUMBER($hold) }); one has nothing to look at here.
   *[other] Every check that applies holds ({ NUMBER($hold) }); { NUMBER($idle) } have nothing to look at here.
}
because-failed = { $more ->
    [0] It does not hold that { $sentence } ({ $check }).
    [one] It does not hold that { $sentence } ({ $check }), and one check more fails.
   *[other] It does not hold that { $sentence } ({ $check }), and { NUMBER($more) } checks more fail.
}
because-nobody = Nothing fails, but nobody is trusted yet. Choose a trust file: it says whose word counts.
because-open = Nothing fails, but it could not be checked that { $sentence } ({ $check }): { $why }.
because-unclear = The checks below do not explain this verdict; verify again, and rely on neither.

## The verdict as text to hand on: names on the left, all equally wide.
text-digest = bundle       sha256:{ $digest }
text-size = size         { $bytes } bytes
text-exported = exported     { $at } (as the bundle says)
text-purpose = purpose      { $purpose } (as the bundle says)
text-trust = judged by    { $file } sha256:{ $digest }
text-nobody = judged by    nobody
text-at = judged at    { $at }
text-ledger = ledger       { $origin }
text-checkpoint = checkpoint   { $size } receipts, root { $root }
text-compared = compared     { $size } receipts, root { $root }
text-check = { $check } { $state }: { $sentence }
text-expected = expected: { $expected }
text-found = found: { $found }

## The checks
checks = Checks
checks-open = { NUMBER($count) } open
checks-failed = { NUMBER($count) } failed
checks-needed = Needed, and could not be checked
checks-idle = { $count ->
    [one] One check has nothing to look at here
   *[other] { NUMBER($count) } checks have nothing to look at here
}
check-gone = gone
check-expected = Expected
check-found = Found
check-why-not = Why not
check-also = Also
check-more = and { NUMBER($count) } more
check-run = Run this check again
check-again = Run again at { $time } UTC: { $state }.

## Files in a bundle
files = Files
no-files = No files
no-files-about = The receipts in this bundle speak of no files that came along.
file = File
size = Size

## What a bundle says of itself, and how it was judged
circumstances = The bundle and how it was judged
the-bundle = The bundle
says-itself = What follows is what it says of itself.
exported = Exported
purpose = Purpose
no-purpose = not said
checkpoint = Checkpoint
no-checkpoint = none in it
judged-by = Judged by
judged-at = Judged at
judged-as-of = As of { $at }: nothing may have been signed after it.
judged-any-time = No moment was given: every signature is judged at its own time.
moment = Moment to judge at, UTC
moment-wrong = Write the moment as 2026-11-21 12:00
judge-then = Judge then
any-time = Any time
compared-with = Compared with
compared-with-nothing = Nothing: no checkpoint of this ledger was seen before. Remember one, and every later bundle must have grown from it.
compare-file = Compare with a file…
compared-from = from { $file }
compare-remembered = Use the remembered one

## Whose word counts
trusts-nobody = Trusts nobody yet
trusts-nobody-about = A trust file names the ledgers, witnesses and keys whose word counts for you. Without one nothing is believed, so nothing can be decided. What a bundle says of itself never counts.
choose-another = Choose another…
trust-nobody = Trust nobody
trust-names = { $keys ->
    [one] { NUMBER($keys) } key
   *[other] { NUMBER($keys) } keys
}, { $ledgers ->
    [one] { NUMBER($ledgers) } ledger
   *[other] { NUMBER($ledgers) } ledgers
}, { $witnesses ->
    [one] { NUMBER($witnesses) } witness
   *[other] { NUMBER($witnesses) } witnesses
}
ledgers = Ledgers
keys = Keys
file-digest = Digest of the file

## Receipts
receipts = Receipts
receipts-label = Receipts, newest first
no-receipts = No receipts
no-receipts-about = Nothing was signed yet. A receipt is kept of a drift preview you ask for, of the guard's verdicts, of overrides and of keys that change.
column-number = Number
column-signed = Signed, UTC
column-kind = Kind
column-says = What it says
row-purged = purged: only its leaf is left
receipt = Receipt { NUMBER($number) }
receipt-label = The receipt in front
receipt-width = Width of the receipt
receipt-purged = It was purged: what it said is gone for good, its leaf still holds its place.
receipt-signed = Signed
by = By
no-keys = not known
export-receipt = Export this receipt…
proves = What proves the receipt
inclusion = Inclusion proof
statement = Statement
envelope = Envelope
purged = Purged
purged-about = The receipt and its salt were destroyed. What it said cannot be guessed back from the leaf that is left.

## Kinds of receipts
kind-drift-preview = drift preview
kind-guard-verdict = guard verdict
kind-override = override
kind-promotion = promotion
kind-rollback = rollback
kind-narrative = narrative
kind-key-rotation = key rotation
kind-restore = restore
kind-purge-manifest = purge manifest
kind-unknown = unknown

## The way from a leaf to the root. A step reads: hash, `path-with-left`, hash, `path-makes`; the next one begins with what they make.
no-path = No checkpoint covers it yet
no-path-about = The receipt is kept and will be proven by the next checkpoint that its ledger signs.
path-leads = Leads to the signed root
path-misleads = Does not lead to the signed root
path-label = From the leaf to the root
path-about = { $steps ->
    [one] Receipt { NUMBER($number) } of { NUMBER($size) }, in { NUMBER($steps) } step up to the checkpoint of { $origin }
   *[other] Receipt { NUMBER($number) } of { NUMBER($size) }, in { NUMBER($steps) } steps up to the checkpoint of { $origin }
}
path-leaf = leaf
path-root = signed root
path-end = what it makes
path-with-left = with, on its left,
path-with-right = with, on its right,
path-makes = makes

## The way as text: hashes stand one below the other.
way-leaf = leaf { $number }  { $hash }
way-left = left   { $hash }
way-right = right  { $hash }
way-makes = makes  { $hash }
way-leads = leads to the root { $root } of { $size } receipts of { $origin }
way-misleads = does not lead to the root { $root } of { $size } receipts of { $origin }

## The ledger of the workspace
no-ledger = This workspace keeps no ledger
no-ledger-about = With one, every preview you keep and every verdict of the guard leaves a signed receipt that nobody can change or drop unseen. Make a key, then begin one:
the-ledger = The ledger
signs-nothing = signs nothing
all-signed = all signed
not-signed = { NUMBER($count) } not signed yet
covered = Covered by its checkpoint
database = Database
read-again = Read again at { $time } UTC.
read-again-well = { $count ->
    [one] Read again at { $time } UTC: { NUMBER($count) } receipt, nothing contradicts itself.
   *[other] Read again at { $time } UTC: { NUMBER($count) } receipts, nothing contradicts itself.
}

## Exporting
export-about = Writes receipts with their proofs into a bundle, which anybody verifies offline with a trust file of their own. The ledger holds { $receipts ->
    [one] { NUMBER($receipts) } receipt
   *[other] { NUMBER($receipts) } receipts
}, numbered 0 to { NUMBER($newest) }.
export-first = First receipt
export-last = Last receipt
export-from = Signed from, UTC
export-until = Signed before, UTC
export-edits = Every other receipt about the same edits: previews, verdicts, overrides, coming into force
export-reports = The reports that receipts speak of, as far as this workspace kept them
export-decisions = The decisions that the last preview changes, to be run again by whoever verifies
export-purpose = The purpose is signed with the bundle, for whoever opens it.
export-where = Choose where…
export-numbers = Type two whole numbers
export-order = The first must not come after the last
export-beyond = The last receipt is { NUMBER($last) }
export-moment = Write moments as 2026-11-21 12:00
exporting-some = Exporting…
exporting-of = Exporting: { NUMBER($done) } of { NUMBER($total) }
export-cancelled = Cancelled. The same export, asked for again, goes on where it stopped.
export-done = { $files ->
    [0] { $receipts } exported, { $bytes }
    [one] { $receipts } with { NUMBER($files) } file exported, { $bytes }
   *[other] { $receipts } with { NUMBER($files) } files exported, { $bytes }
}

## What takes long
verifying = Verifying the bundle
reading = Reading the ledger again
exporting = Exporting receipts
running = { $job }…
busy = Busy: { $job }
busy-wait = Busy: { $job }. Cancel that first, or wait.

## What happens
no-file-chosen = No file was chosen
trust-not-taken = The trust file was not taken
judging-by = Judging by { $file }
judging-by-nobody = Nobody is trusted
not-opened = The bundle was not opened
not-verified = The bundle was not verified
verified = { $verdict }. { $why }
checkpoint-remembered = { $count ->
    [one] The checkpoint of { NUMBER($count) } receipt is remembered
   *[other] The checkpoint of { NUMBER($count) } receipts is remembered
}
checkpoint-not-remembered = The checkpoint is not remembered
read-well = { $count ->
    [one] { NUMBER($count) } receipt read again: nothing contradicts itself
   *[other] { NUMBER($count) } receipts read again: nothing contradicts itself
}
nothing-to-export = There are no receipts to export
