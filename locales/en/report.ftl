### Narratives in English. Short sentences, concrete words; a page that somebody reads aloud in a meeting.
###
### A number is shown by its placeholder, grouped and rounded as it should be. `$count` chooses the plural.

## What a renderer says itself
language-name = English
furniture-contents = Contents
furniture-page = Page { $page } of { $pages }
furniture-continued = continued
furniture-edited = edited by { $by }
furniture-unfounded = no longer supported by facts
furniture-data = The figures
furniture-sources = Sources
furniture-hash = Content hash

## Notation
quotation = “{ $text }”
quotation-end = “{ $text }”.
moment = { $date }, { $hour }:{ $minute } UTC
about = about { $n }
percent = { $n }%
more = { $count } more
move-item = move { $sequence } ({ $version })
group-item = { $name } ({ $count })
note-of = { $whole ->
    [one] { $part } of { $whole } request
   *[other] { $part } of { $whole } requests
}
note-receipt = receipt { $number }
note-report = report { $digest }
note-bundle = bundle { $digest }
note-policy = policy { $id }

## Quantities
requests = { $count ->
    [one] { $count } request
   *[other] { $count } requests
}
people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
resources = { $count ->
    [one] { $count } resource
   *[other] { $count } resources
}
receipts = { $count ->
    [one] { $count } receipt
   *[other] { $count } receipts
}
moves = { $count ->
    [one] { $count } move
   *[other] { $count } moves
}
share = { $kind ->
    [none] no request
    [below] fewer than 1 in { $n } requests
    [one-in] about 1 in { $n } requests
    [percent] about { $n }% of requests
    [half] about half of all requests
    [nearly-all] nearly all requests
   *[all] every request
}

## Terms, with their entries in the glossary
-channel = channel
    .name = Channel
    .means = A place where one version of the policies is in force, such as production. It changes only by a move, and every move is recorded.
-log = decision log
    .name = Decision log
    .means = The record of requests that people and programs really made, with the answers they got.
-replay = replayed
    .name = Replay
    .means = Asking recorded requests again, once under the old policies and once under the new ones, and comparing the answers.
-gate = { $form ->
    [many] checks
   *[one] check
}
    .name = Check
    .means = A condition that is looked at before a channel moves, such as tests, approvals or drift. One that does not hold stops the move, unless somebody answers for going on.
-canary = canary
    .name = Canary
    .means = A policy that is enforced for a fixed part of all people first, always the same ones, so that a mistake reaches few.
-audit-only = audit-only
    .name = Audit-only
    .means = A policy that is evaluated and recorded but does not yet decide anything.
-receipt = { $form ->
    [many] receipts
   *[one] receipt
}
    .name = Receipt
    .means = A signed record of one event. Anyone can check it without asking us.
-ledger = ledger
    .name = Ledger
    .means = The list of all receipts. Its entries can be added to but not changed without it being noticed.
-checkpoint = checkpoint
    .name = Checkpoint
    .means = A signed summary of the whole ledger at one moment. Whoever holds it can tell if anything before it was changed.
-witness = { $form ->
    [many] witnesses
   *[one] witness
}
    .name = Witness
    .means = Somebody independent who signs a checkpoint after seeing that nothing older was changed.
-proof = proven
    .name = Proven
    .means = Shown by mathematics for every possible request, not only for those in the log.
-tolerance = tolerance
    .name = Tolerance
    .means = How many requests a change may affect before somebody has to answer for it.
-override = override
    .name = Override
    .means = A signed statement by an approver that a change may go ahead although it is outside the tolerance.
-bundle = bundle
    .name = Bundle
    .means = A signed package of a version that enforcement points install. The one that undoes a move is signed together with the move.
-sensitive = sensitive
    .name = Sensitive
    .means = What the workspace gives its highest level of risk.

## Sections
section-changed = What changed
section-affected = Who is affected
section-why = Why
section-risk = What is the risk
section-undo = What happens if we undo it
section-forward = What happens if we go forward again
section-know = How do we know
section-next = What has to happen next
section-detail = The detail
section-glossary = Words used here

## Promotion: what changed
promotion-title = { $channel } now ships { $version }
promotion-subtitle = { $tenant } · move { $sequence } of { $channel } · { $at }
promotion-lead = On { $at }, { $by } moved the { -channel } { $channel } from version { $from } to version { $version }.
promotion-lead-first = On { $at }, { $by } made { $version } the first version that the { -channel } { $channel } ships.
promotion-lead-modes = On { $at }, { $by } changed how version { $version } is applied in the { -channel } { $channel }.
modes-title = { $channel } applies { $version } in another way
policies-differ = { $count ->
    [0] No policy differs from what was in force before.
    [one] One policy differs: { $policies }.
    [2] Two policies differ: { $policies }.
    [3] Three policies differ: { $policies }.
   *[other] { $count } policies differ: { $policies }.
}
policies-applied = { $count ->
    [0] No policy is applied in another way than before.
    [one] One policy is applied in another way than before: { $policies }.
    [2] Two policies are applied in another way than before: { $policies }.
    [3] Three policies are applied in another way than before: { $policies }.
   *[other] { $count } policies are applied in another way than before: { $policies }.
}
applied-enforced = Every policy is enforced for everybody.
applied-rest = { $count ->
    [0] Everything else is enforced for everybody.
    [one] One more policy is not enforced for everybody either. Everything else is.
   *[other] { $count } more policies are not enforced for everybody either. Everything else is.
}
applied-canary = { $which ->
    [all] The whole version is a { -canary }: it is enforced for { $percent } of people.
   *[one] { $policy } is a { -canary }: it is enforced for { $percent } of people.
}
applied-audit = { $which ->
    [all] The whole version is { -audit-only }: it is recorded and decides nothing yet.
   *[one] { $policy } is { -audit-only }: it is recorded and decides nothing yet.
}

## Who is affected
replayed = We { -replay } { $requests } that people and programs really made.
replayed-day = We { -replay } { $requests } that people and programs really made on { $day }.
replayed-window = We { -replay } { $requests } that people and programs really made, from { $from } to { $until }.
replayed-generated = We { -replay } { $requests } from a generated log: nobody really made them.
reached-some = For now it decides for a part of all people only. If it decided for everybody, this would change:
reached-again = For a part of all people, what decided earlier decides again. If it did so for everybody, this would change:
reached-rest = It decides for everybody now. For those whom the { -canary } had not reached before, this changes:
reached-withdrawn = What decided earlier decides for everybody again. For those whom the { -canary } had reached, this changes:
reached-apart = Before or after this move, a { -canary } decides for some people only. Each request was counted by what decides for the person who made it.
reached-proposed = A verdict changes no answer by itself. If the change were enforced for everybody, this would follow:
reached-nobody = No answer changes yet: what decided before goes on deciding. If it were enforced for everybody, this would change:
who-share = { $form ->
    [is] The change alters the answer to { $share }.
   *[would] It would alter the answer to { $share }.
}
sensitive-gained = { $form ->
    [is] { $count ->
        [one] { $count } request for something { -sensitive } was refused before and is allowed now.
       *[other] { $count } requests for something { -sensitive } were refused before and are allowed now.
    }
   *[would] { $count ->
        [one] { $count } request for something { -sensitive } that is refused would be allowed.
       *[other] { $count } requests for something { -sensitive } that are refused would be allowed.
    }
}
gained = { $form ->
    [is] { $count ->
        [one] { $count } request that was refused is now allowed.
       *[other] { $count } requests that were refused are now allowed.
    }
   *[would] { $count ->
        [one] { $count } request that is refused would be allowed.
       *[other] { $count } requests that are refused would be allowed.
    }
}
gained-in-all = { $form ->
    [is] { $count ->
        [one] In all, { $count } request gains access.
       *[other] In all, { $count } requests gain access.
    }
   *[would] { $count ->
        [one] In all, { $count } request would gain access.
       *[other] In all, { $count } requests would gain access.
    }
}
gained-nothing = { $form ->
    [is] No request gains access.
   *[would] No request would gain access.
}
lost = { $form ->
    [is] { $count ->
        [one] { $count } request that was allowed is now refused.
       *[other] { $count } requests that were allowed are now refused.
    }
   *[would] { $count ->
        [one] { $count } request that is allowed would be refused.
       *[other] { $count } requests that are allowed would be refused.
    }
}
lost-nothing = { $form ->
    [is] No request loses access.
   *[would] No request would lose access.
}
neither = { $form ->
    [is] Nobody in the log gains or loses access.
   *[would] Nobody in the log would gain or lose access.
}
reach = { $count ->
    [one] It comes from { $people } and concerns { $resources }.
   *[other] They come from { $people } and concern { $resources }.
}
gained-most = { $form ->
    [is] Most of the new access goes to { $group }.
   *[would] Most of the new access would go to { $group }.
}
gained-groups = { $form ->
    [is] The new access goes to { $groups }.
   *[would] The new access would go to { $groups }.
}
lost-most = Most of them come from { $group }.
lost-groups = { $form ->
    [is] Access is lost by { $groups }.
   *[would] Access would be lost by { $groups }.
}
open-requests = { $count ->
    [one] For { $count } request the log cannot tell, because it lacks a fact that the answer turns on.
   *[other] For { $count } requests the log cannot tell, because it lacks facts that the answer turns on.
}
compared = { $how ->
    [still-none] The move before changed no answers either.
    [first] The move before changed no answers.
    [vanished] The move before changed the answers to { $before }.
    [twice] That is about twice as many as the move before ({ $before }).
    [times] That is about { $n } times as many as the move before ({ $before }).
    [more] That is more than the move before ({ $before }).
    [same] That is about as many as the move before ({ $before }).
    [fewer] That is fewer than the move before ({ $before }).
    [half] That is about half as many as the move before ({ $before }).
   *[far-fewer] That is far fewer than the move before ({ $before }).
}
affected-first = This is the first version here, so there is no earlier answer to compare with.
affected-no-log = There is no { -log } that could be replayed, so it is not known whose access changes.
apart = { $whom ->
    [newly] The { $percent } of people whom a { -canary } reaches since
    [still] The { $percent } of people whom a { -canary } reached before and reaches since
    [no-longer] The { $percent } of people whom a { -canary } had reached
   *[never] The { $percent } of people whom no { -canary } reaches
}: { $gained ->
    [0] no request gains access
    [one] { $gained } request gains access
   *[other] { $gained } requests gain access
}, { $lost ->
    [0] none loses it
    [one] { $lost } loses it
   *[other] { $lost } lose it
}{ $open ->
    [0] .
   *[other] , and of { $open } it is not known.
}
affected-canaries = A { -canary } decides for some people and not for others, before and after this move. Their requests were not counted apart, so it is not known whose access changes.
affected-not-kept = The report that the { -receipt } speaks of is not kept here, so it is not known whose access changes.
affected-failed = The recorded requests could not be replayed, so it is not known whose access changes. This is what stopped it: { $why }.

## Why
reason = { $by } gave this reason: { $reason }
reason-none = No reason was recorded.
approved = { $count ->
    [one] One person who did not write the change approved it: { $people }.
   *[other] { $count } people who did not write the change approved it: { $people }.
}
approved-none = Nobody was asked to approve it, and nobody did.
cites = The policy { $policy } rests on { $authorities }.
cites-none = None of the changed policies says what it rests on.

## What is the risk
risk-title = { $level ->
    [high] High risk
    [medium] Medium risk
   *[low] Low risk
}
risk-word = { $level ->
    [high] high
    [medium] medium
   *[low] low
}
risk-sensitive-gained = { $form ->
    [is] { $count ->
        [one] { $count } request for something { -sensitive } is newly allowed.
       *[other] { $count } requests for something { -sensitive } are newly allowed.
    }
   *[would] { $count ->
        [one] { $count } request for something { -sensitive } would be newly allowed.
       *[other] { $count } requests for something { -sensitive } would be newly allowed.
    }
}
risk-gained = { $form ->
    [is] { $count ->
        [one] { $count } request is newly allowed.
       *[other] { $count } requests are newly allowed.
    }
   *[would] { $count ->
        [one] { $count } request would be newly allowed.
       *[other] { $count } requests would be newly allowed.
    }
}
risk-sensitive-lost = { $form ->
    [is] { $count ->
        [one] { $count } request for something { -sensitive } is newly refused. Somebody may be unable to work.
       *[other] { $count } requests for something { -sensitive } are newly refused. People may be unable to work.
    }
   *[would] { $count ->
        [one] { $count } request for something { -sensitive } would be newly refused. Somebody might then be unable to work.
       *[other] { $count } requests for something { -sensitive } would be newly refused. People might then be unable to work.
    }
}
risk-lost = { $form ->
    [is] { $count ->
        [one] { $count } request is newly refused. Somebody may be unable to work.
       *[other] { $count } requests are newly refused. People may be unable to work.
    }
   *[would] { $count ->
        [one] { $count } request would be newly refused. Somebody might then be unable to work.
       *[other] { $count } requests would be newly refused. People might then be unable to work.
    }
}
risk-errors = { $count ->
    [one] In { $count } request a policy begins or ceases to fail. One that fails may no longer forbid what it should.
   *[other] In { $count } requests a policy begins or ceases to fail. One that fails may no longer forbid what it should.
}
risk-overridden = The check “{ $gate }” did not hold. Somebody answered for going on.
risk-skipped = The check “{ $gate }” was left out.
risk-left-out = The check “{ $gate }” did not hold or was left out.
risk-blocked = { $count ->
    [one] The change is outside the tolerance in one place.
   *[other] The change is outside the tolerance in { $count } places.
}
risk-widens = Beyond the log, more requests can gain access. This is { -proof } for { $actions }.
risk-blind = Whose access changes is not known, and what is not known is not called low.
risk-blind-in = Whose access changed is not known for { $count } of { $of } moves, and what is not known is not called low.
risk-moves = { $count ->
    [one] By itself, { $moves } was of { $level ->
        [high] high
        [medium] medium
       *[low] low
    } risk.
   *[other] By themselves, { $moves } were each of { $level ->
        [high] high
        [medium] medium
       *[low] low
    } risk.
}
risk-nothing = { $form ->
    [is] Nobody in the log gains or loses access, and no check was left out.
   *[would] Nobody in the log would gain or lose access, and no check was left out.
}
risk-quiet = The channel did not move, so nothing changed.
unknown-title = What we do not know
unknown-open = { $count ->
    [one] How { $count } request is answered now: the log lacks a fact.
   *[other] How { $count } requests are answered now: the log lacks facts.
}
unknown-replay = Whose access changes: nothing was replayed.
unknown-replay-of = Whose access changed in { $count } of { $of } moves: nothing was replayed for them.
unknown-reached = { $reached ->
    [already] How many of these requests come from people it decides for already: they were not counted apart.
    [again] How many of these requests come from people for whom the earlier policies decide again: they were not counted apart.
   *[canary] How many of these requests come from people whom the canary had reached: they were not counted apart.
}
unknown-proof = What happens to requests that are not in the log: nothing was { -proof }.
unknown-not-proven = What happens beyond the log for { $actions }: no proof was found.
unknown-small-log = { $count ->
    [one] Whether { $count } recorded request speaks for all. It is too few to be sure.
   *[other] Whether { $count } recorded requests speak for all. They are too few to be sure.
}
unknown-old-log = { $days ->
    [one] What people did in the last day: the log ends before.
   *[other] What people did in the last { $days } days: the log ends before.
}
unknown-window = When the recorded requests were made: no times are known.
unknown-disagrees = { $count ->
    [one] Why { $count } request was recorded with another answer than the old policies give.
   *[other] Why { $count } requests were recorded with another answer than the old policies give.
}
unknown-assumed = { $count ->
    [one] The facts behind { $count } request: the log has none, so those of the workspace were taken.
   *[other] The facts behind { $count } requests: the log has none, so those of the workspace were taken.
}
unknown-skipped = { $count ->
    [one] What { $count } line of the log says: it could not be read.
   *[other] What { $count } lines of the log say: they could not be read.
}
unknown-approval = Whether a second pair of eyes agrees: nobody approved it.
unknown-reason = Why it was done: no reason was recorded.
unknown-receipt = Whether the record is genuine: no receipt was found in the ledger.
unknown-nothing = Nothing that we look for is missing.

## What happens if we undo it
undo-ready = Version { $version } comes back. The { -bundle } that does it is already signed. { $command } ships it, and no check stands in the way.
undo-gained = { $count ->
    [one] { $count } request that is allowed now would be refused again.
   *[other] { $count } requests that are allowed now would be refused again.
}
undo-lost = { $count ->
    [one] { $count } request that is refused now would be allowed again.
   *[other] { $count } requests that are refused now would be allowed again.
}
undo-same = As far as the log tells, nobody would notice.
undo-nobody = No answer would change: this move changed none.
undo-unknown = Whose access would change then is not known.
undo-first = Nothing was in force before, so there is nothing to go back to.
undo-later = { $count ->
    [one] One move came after it, so it is not the last any more. To undo it, promote an earlier version.
   *[other] { $count } moves came after it, so it is not the last any more. To undo it, promote an earlier version.
}
undo-none = No way back was prepared. To undo it, promote an earlier version.

## How do we know
know-receipt = This is { -receipt } { $number } of the { -ledger }. It was signed when it happened, and nobody can change it unnoticed.
know-no-receipt = No { -receipt } of this was found in the { -ledger }, so take it as a report, not as proof.
know-report = The figures are those that were judged then; the report is kept under its digest. The margin gives them to the last digit.
know-computed = The figures were computed from the log as it is today. The margin gives them to the last digit.
know-gates-all = { $count ->
    [one] The one { -gate } that was asked for held.
   *[other] All { $count } { -gate(form: "many") } that were asked for held.
}
know-gates-some = { $passed } of { $all } { -gate(form: "many") } held.
know-gates-none = No { -gate } was asked for.
know-proof-equivalent = For { $actions } it is { -proof } that no request at all is answered differently.
know-proof-narrows = For { $actions } it is { -proof } that nobody can gain access.
know-proof-widens = For { $actions } it is { -proof } that nobody can lose access, and that some can gain it.
know-proof-differs = For { $actions } it is { -proof } that some can gain access and some can lose it.
know-proof-none = Nothing was { -proof } beyond the log.

## Week
week-title = { $count ->
    [0] A quiet week in { $channel }
    [one] One move in { $channel } this week
   *[other] { $count } moves in { $channel } this week
}
week-subtitle = { $channel } · { $from } to { $until }
week-lead = { $count ->
    [0] The { -channel } { $channel } did not move this week.
    [one] The { -channel } { $channel } moved once this week.
    [2] The { -channel } { $channel } moved twice this week.
   *[other] The { -channel } { $channel } moved { $count } times this week.
}
week-ships = The channel ships version { $version }.
week-ships-nothing = The channel has never shipped anything.
week-rollbacks = { $count ->
    [one] One of the moves took an earlier one back.
   *[other] { $count } of the moves took earlier ones back.
}
week-compared = { $how ->
    [still-none] The week before was quiet, too.
    [first] The week before was quiet.
    [vanished] The week before it moved ({ $before }).
    [twice] That is twice as often as the week before.
    [times] That is about { $n } times as often as the week before.
    [more] That is more often than the week before ({ $before }).
    [same] That is about as often as the week before ({ $before }).
    [fewer] That is less often than the week before ({ $before }).
    [half] That is half as often as the week before.
   *[far-fewer] That is far less often than the week before ({ $before }).
}
week-compared-unknown = There is no week before to compare with.
week-gained = { $of ->
    [all] { $count ->
        [0] Together the moves gave nobody new access.
        [one] Together the moves newly allowed { $count } request.
       *[other] Together the moves newly allowed { $count } requests.
    }
   *[counted] { $count ->
        [0] As far as it was counted, nobody got new access.
        [one] As far as it was counted, the moves newly allowed { $count } request.
       *[other] As far as it was counted, the moves newly allowed { $count } requests.
    }
}
week-lost = { $of ->
    [all] { $count ->
        [0] Nobody lost access.
        [one] They newly refused { $count } request.
       *[other] They newly refused { $count } requests.
    }
   *[counted] { $count ->
        [0] No loss of access was counted.
        [one] Newly refused was { $count } request, as far as it was counted.
       *[other] Newly refused were { $count } requests, as far as it was counted.
    }
}
week-uncounted = { $moves ->
    [one] For this move it was not counted whose access changed.
   *[other] For { $count } of { $moves } moves it was not counted whose access changed: { $which }.
}
week-reason = Version { $version }: { $reason }
week-reason-none = Version { $version }: no reason was recorded.
week-left-out = { $count ->
    [0] No check was left out.
    [one] In one move a check did not hold or was left out.
   *[other] In { $count } moves a check did not hold or was left out.
}
week-undo = To take back the last move, call { $command }.
week-undo-nothing = There is nothing to take back.
week-receipts = { $count ->
    [0] No { -receipt } of a move was found in the { -ledger }.
    [one] One move has its { -receipt } in the { -ledger }.
   *[other] { $count } moves have their { -receipt(form: "many") } in the { -ledger }.
}

## Rollback
rollback-title = { $channel } is back at { $version }
rollback-lead = On { $at }, { $by } took the { -channel } { $channel } from version { $from } back to version { $version }.
rollback-lead-modes = On { $at }, { $by } took back a change in how version { $version } is applied in the { -channel } { $channel }.
rollback-partial-title = { $channel } took a part of a version back
rollback-partial-lead = On { $at }, { $by } took some policies of version { $from } back in the { -channel } { $channel }. It ships { $version } since.
rollback-undone = It takes back move { $sequence }, which { $by } made on { $at }.
rollback-undone-unknown = The move that it takes back can no longer be read.
rollback-after = { $count ->
    [0] That move had been in force for less than an hour.
    [one] That move had been in force for one hour.
   *[other] That move had been in force for { $count } hours.
}
rollback-after-days = { $count ->
    [one] That move had been in force for one day.
   *[other] That move had been in force for { $count } days.
}
rollback-approval = A rollback needs no approval: the way back is always open.
rollback-forward = Version { $version } would be in force again. The { -bundle } for it is signed. { $command } ships it.
rollback-forward-later = { $count ->
    [one] One move came after it, so it is not the last any more. To go forward again, promote the later version.
   *[other] { $count } moves came after it, so it is not the last any more. To go forward again, promote the later version.
}
rollback-forward-none = No bundle that goes forward again was prepared.

## Verdict
verdict-title = { $ruling ->
    [pass] The change is within tolerance
    [overridden] The change goes ahead by an override
    [blocked] The change is outside tolerance
   *[undecided] The log cannot tell whether the change is within tolerance
}
verdict-subtitle = { $base } → { $head } · { $at }
verdict-subtitle-undated = { $base } → { $head }
verdict-lead = { $ruling ->
    [pass] The guard compared { $head } with { $base } and let it pass.
    [overridden] The guard blocked { $head } when it compared it with { $base }. An approver let it pass.
    [blocked] The guard compared { $head } with { $base } and blocked it.
   *[undecided] The guard compared { $head } with { $base } and could not decide.
}
verdict-authors = { $count ->
    [0] Who wrote the change is not recorded.
   *[other] The change was written by { $people }.
}
verdict-bounds-held = Every bound of the { -tolerance } holds.
verdict-bound = { $measure ->
    [gained] { $found } would gain access under the rule { $rule }; { $limit } may.
    [lost] { $found } would lose access under the rule { $rule }; { $limit } may.
    [open] { $found } cannot be told under the rule { $rule }; { $limit } may be open.
   *[error-changed] { $found } would meet changed errors under the rule { $rule }; { $limit } may.
}
verdict-override = { $by } signed an { -override } that lasts until { $until }. The reason given: { $reason }
verdict-next = { $ruling ->
    [pass] Nothing. The change may go in.
    [overridden] The override runs out; the change then counts as blocked, unless it is in force by then.
    [blocked] Either the change is made smaller, or an approver signs an override for exactly what was seen.
   *[undecided] Either the log gets the facts it lacks, or an approver signs an override for what is open.
}
verdict-receipt-none = The verdict was not kept in a { -ledger }.
verdict-tolerance = It was judged by the { -tolerance } with this digest: { $digest }.
none-may = none

## Evidence
evidence-title = { $receipts } in the ledger
evidence-subtitle-day = { $origin } · { $day }
evidence-subtitle = { $origin } · { $from } to { $until }
evidence-lead = The { -ledger } { $origin } holds { $receipts }.
evidence-lead-empty = The { -ledger } { $origin } is empty.
evidence-day = All of them are of { $day }.
evidence-period = The first is of { $from }, the last of { $until }.
evidence-kinds = They are { $kinds }.
evidence-moves = { $count ->
    [0] No channel moved.
    [one] Channels moved once.
   *[other] Channels moved { $count } times.
}
evidence-exceptions = { $count ->
    [0] No safeguard was left out.
    [one] Once a safeguard was left out. The detail names who answered for it.
   *[other] { $count } times a safeguard was left out. The detail names who answered for each.
}
evidence-purged = { $count ->
    [0] Nothing was purged.
    [one] One receipt was purged; its place in the ledger is still provable.
   *[other] { $count } receipts were purged; their places in the ledger are still provable.
}
evidence-audit = On { $at } the whole ledger was computed again, and all of it held.
evidence-audit-fault = On { $at } the whole ledger was computed again, and it does not hold: { $fault }.
evidence-audit-none = Nobody computed the ledger again for this report.
evidence-checkpoint = The last { -checkpoint } covers { $receipts }.
evidence-checkpoint-all = The last { -checkpoint } covers all of them.
evidence-checkpoint-none = There is no signed { -checkpoint }.
evidence-witnesses = { $count ->
    [0] No { -witness } has signed it.
    [one] It is also signed by the { -witness } { $names }.
   *[other] It is also signed by the { -witness(form: "many") } { $names }.
}
evidence-keys = { $count ->
    [one] One key signed: { $names }.
   *[other] { $count } keys signed, the last being in force: { $names }.
}
evidence-check = Whoever wants to be sure takes a bundle with { $command } and checks it alone, without asking us.
risk-fault = The ledger does not hold. Do not rely on it before the cause is known.
risk-unwitnessed = No witness saw the last checkpoint. Whoever has the key could still show two versions of the ledger.
risk-uncovered = { $count ->
    [one] { $count } receipt is under no checkpoint yet.
   *[other] { $count } receipts are under no checkpoint yet.
}
risk-exceptions = { $count ->
    [one] Once a safeguard was left out.
   *[other] { $count } times a safeguard was left out.
}
risk-evidence-nothing = The ledger holds, a witness saw it, and no safeguard was left out.
unknown-audit = Whether the ledger holds: it was not computed again for this report.
unknown-purged = { $count ->
    [one] What { $count } purged receipt said.
   *[other] What { $count } purged receipts said.
}
undo-evidence = A ledger is never undone. What is wrong in it is corrected by a later receipt, and both stay.

## Tables and charts
detail-people = Access by kind of person
detail-resources = Access by kind of resource
detail-actions = Access by action
detail-requests = The riskiest requests
detail-policies = Policies that differ
detail-gates = Checks before the move
detail-approvals = Approvals
detail-proof = What is proven, by action
detail-trend = Changed answers, move by move
detail-moves = Moves
detail-bounds = Bounds of the tolerance
detail-kinds = Receipts by kind
detail-exceptions = Safeguards that were left out
detail-cut = The list is cut: there are { $count } different requests.
detail-first = The table shows the first { $shown } of { $count }.
detail-last = The table shows the last { $shown } of { $count }.
detail-incomplete = The report that was kept lists only the riskiest requests, so these figures are of a part of the changes.
chart-unit = requests
chart-gained = gained
chart-lost = lost
chart-group = { $name }: { $gained } gained, { $lost } lost.
chart-step = Move { $sequence }, { $date }: { $gained } gained, { $lost } lost.
column-who = Who
column-what = What
column-action = Action
column-resource = Resource
column-kind = Kind
column-gained = Gained
column-lost = Lost
column-open = Not known
column-risk = Risk
column-requests = Requests
column-change = Change
column-policy = Policy
column-how = How
column-rests-on = Rests on
column-gate = Check
column-standing = Standing
column-found = What was found
column-proven = What is proven
column-example = Example
column-move = Move
column-version = Version
column-date = Date
column-by = By
column-reason = Reason
column-rule = Rule
column-allowed = Allowed
column-receipts = Receipts
column-last = Last
change-word = { $measure ->
    [gained] gains access
    [lost] loses access
    [open] not known
   *[error-changed] errors change
}
how-word = { $how ->
    [added] added
    [removed] removed
    [changed] changed
    [moved] moved
    [applied] applied differently
   *[unknown] not recorded
}
standing-word = { $standing ->
    [passed] held
    [overridden] overridden
   *[skipped] left out
}
gate-word = { $gate ->
    [validation] validation
    [tests] tests
    [references] references
    [drift] drift
    [approvals] approvals
    [window] time window
   *[guard] guard
}
gate-at = { $place }: { $gate }
relation-word = { $relation ->
    [equivalent] no request is answered differently
    [narrows] nobody can gain access
    [widens] nobody can lose access, some can gain it
    [differs] some can gain access, some can lose it
   *[not-proven] not proven
}
what-word = { $what ->
    [promotion] promotion
    [rollback] rollback of move { $undone }
    [modes] other modes
   *[partial] part of move { $undone } taken back
}
kind-word = { $kind ->
    [drift-preview] previews of a change
    [guard-verdict] verdicts of the guard
    [override] overrides
    [promotion] promotions
    [rollback] rollbacks
    [narrative] narratives
    [key-rotation] key rotations
    [restore] restores
    [purge-manifest] purges
   *[other] of a kind that this version does not know
}
any-number = any number
nothing-said = —

## A request that shows what is proven. Types, actions, keys and values are the policies' own words
situation = { $form ->
    [could] { $who } could do { $act } on { $what }
   *[no-longer] { $who } could no longer do { $act } on { $what }
}
situation-itself = { $form ->
    [could] { $who } could do { $act } on itself
   *[no-longer] { $who } could no longer do { $act } on itself
}
situation-alone = { $lead }.
situation-where = { $lead } where { $conditions }.
value-of = { $key } of { $whose }
value-of-request = { $key } of the request
any-of = some { $kind }
holds-in = { $what } is in { $place }
holds-true = { $what } is true
holds-false = { $what } is false
holds-value = { $what } is { $value }
holds-none = { $count ->
    [one] { $what } is not { $values }
   *[other] { $what } is none of { $values }
}
holds-present = { $what } is there
holds-empty = { $what } is empty
holds-set = { $what } holds { $values }
holds-compared = { $how ->
    [same] { $what } is the same as { $to }
    [other] { $what } is not { $to }
    [less] { $what } is less than { $to }
    [at-most] { $what } is at most { $to }
    [at-least] { $what } is at least { $to }
    [more] { $what } is more than { $to }
    [earlier] { $what } is earlier than { $to }
    [no-later] { $what } is no later than { $to }
    [no-earlier] { $what } is no earlier than { $to }
   *[later] { $what } is later than { $to }
}
engine-says = the engine says: { $text }

## What was found at a check. `$message`, `$reason`, `$why` and what is added after a semicolon may be words of others.
found-no-errors = no errors in any file
found-errors = { $count ->
    [one] { $count } error, in { $place }: { $message }
   *[other] { $count } errors, the first in { $place }: { $message }
}
found-no-tests = the version has no named tests
found-tests-pass = { $count ->
    [one] { $count } named test passes
   *[other] { $count } named tests pass
}
found-tests-fail = { $of ->
    [one] { $failed } of { $of } named test fails, { $first }
   *[other] failed: { $failed } of { $of } named tests, the first is { $first }
}
found-unlisted = the workspace has no { $file }
found-references-whole = { $count ->
    [one] { $count } reference is whole
   *[other] { $count } references are whole
}
found-references-broken = { $of ->
    [one] broken: { $broken } of { $of } reference, in { $place }: { $message }
   *[other] broken: { $broken } of { $of } references, the first in { $place }: { $message }
}
found-list-gone = what was in force has { $file }, and this version has none
amiss-unlisted = { $name } is not in { $list }
amiss-empty = { $annotation } cites nothing between its quotes or commas
amiss-expired = { $name } held until { $until }
amiss-file-gone = { $name }: its file { $path } is not there
amiss-file-changed = { $name }: its file { $path } changed since it was listed
amiss-no-receipt = { $name }: its receipt is not in the ledger
found-left-out = { $found }; left out, the reason given: { $reason }
found-no-tolerance = the channel names no tolerance file
found-nothing-shipped = the channel shipped nothing yet, so there was nothing to compare with
found-no-log = there was no decision log to replay
found-replayed = { $rows ->
    [one] { $rows } request replayed
   *[other] { $rows } requests replayed
}: { $gained } gained, { $lost } lost, { $open } not known
found-no-schema = nothing proven, for there is no schema
found-proven = { $actions }: { $relation }
found-proven-why = { $actions }: { $relation } ({ $why })
found-alike = { $count ->
    [one] for { $count } action it is proven that no request is answered differently
   *[other] for { $count } actions it is proven that no request is answered differently
}
found-exceeded = { $count ->
    [one] { $count } bound exceeded
   *[other] { $count } bounds exceeded
}
found-answer = { $by } answers for it: { $reason }
found-no-approvals = the channel asks for no approval
found-not-approved = { $wanted ->
    [one] { $wanted } approval asked for, and nobody approved
   *[other] { $wanted } approvals asked for, and nobody approved
}
found-approved = { $there } of { $wanted }: { $people }
found-any-time = the channel moves at any time
found-open = open: { $hours }
found-closed = closed: { $hours }
found-anyway = closed ({ $hours }); moved anyway: { $reason }
remark-own-approvals = judged by the rules of the version that came next, for those in force could not be met: they asked for { $asked } to approve, and { $there } could
remark-own-tolerance = judged by the rules of the version that came next, for those in force could not be met: { $why }
remark-tests-gone = { $count ->
    [one] not in it any more: { $count } named test, { $first }
   *[other] not in it any more: { $count } named tests, the first is { $first }
}
remark-in-between = as long as some of its policies wait, with those before in their place
remark-canary-left-out = what a canary gave to those it reached was not counted
remark-nothing-decides = nothing decided for everybody yet, so it was held against the version that only ran along
remark-not-shipped = { $count ->
    [one] in the workspace and not shipped, for it was not in git: { $first }
   *[other] in the workspace and not shipped, for they were not in git: { $count } files, the first is { $first }
}
found-also = { $found }; { $more }
hours = { $days }, { $from } to { $until } UTC
clock = { $hour }:{ $minute }
weekday = { $day ->
    [mon] Mon
    [tue] Tue
    [wed] Wed
    [thu] Thu
    [fri] Fri
    [sat] Sat
   *[sun] Sun
}

## Particulars
particular-channel = Channel
particular-environment = Environment
particular-version = Version
particular-move = Move
particular-receipt = Receipt
particular-report = Report
particular-ledger = Ledger
particular-root = Root
particular-base = Base
particular-head = Head
particular-tolerance = Tolerance

## Edits
edit-missing = The facts that this was about are not there any more.
edit-changed = The facts changed. The text that is computed from them now reads: { $text }
