### The guide: three steps of a first run, then a tour that is the real job on the sample. A step says in one sentence what to do.

title = Guide
welcome = Welcome, { NUMBER($number) } of { NUMBER($all) }
tour = Tour, { NUMBER($number) } of { NUMBER($all) }
show = Show me
continue = Continue
skip = Skip
leave = Leave the guide
left = The guide was left. “Take the tour” in the search or in Help takes it up again.

## First run
open = Open the sample workspace, or a folder with policies of your own.
look = Choose how the Studio looks and which language it speaks.
machine = Looking at what this machine has.
solver = The solver is here: edits are proven for requests that no log holds.
no-solver = There is no solver: edits are replayed but not proven until `cvc5` is installed.
keyring = Keys can be kept in this system’s keyring.
no-keyring = No keyring answers: keys are kept in files, sealed with a passphrase.

## Tour
sample = Open the sample workspace; you get your own copy.
edit = Choose the second prepared edit, or change a policy yourself.
drift = Open Drift and see who gains or loses access.
why = Choose a change and read why: which policy decides, and by which clause.
promote = Promote the version of the last commit to canary, at first in audit only.
enforce = Enforce it on canary; from then on the channel has a way back.
roll-back = Roll canary back.
verify = Verify the sample’s bundle, as an auditor would.
narrative = Open Narratives and read what happened.
end = That was the whole job
end-about = An edit, its consequences, a release, its way back, the proof of it and the report. “Take the tour” begins it again.
