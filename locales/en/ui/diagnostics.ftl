### Diagnostics, and what a start tells.

title = Diagnostics
about = What could be told to somebody who helps. Nothing is sent: you look through it, save it, and give it to whom you trust. It expires on { $expires } and says so in its name.
gathering = Gathering versions, counts and log lines…
show = Show all that is in it
empty = Nothing is in it.
caught = Something secret was found
caught-about = The file it stands in cannot be saved. Everything else can.
caught-here = cannot be saved
left-out = Left out: policies, schemas, tests, decision logs, receipts, ids and names of people, things, files and machines, keys, passphrases and the words of failures. What has to be told apart has a salted digest.
save = Save as…
saved = Diagnostics saved

## The start
ended = The Studio ended unexpectedly
ended-about = Your edits were kept as drafts. If it happens again, diagnostics help to find out why.
ended-since = It was started on { $since } and did not come to its end. Your edits were kept as drafts.

## Counts of help
counts-cleared = Counts cleared
counts-exported = Counts exported
