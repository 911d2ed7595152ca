### Narratives: what can be told and what was, the pages in front, their words for the author, and the forms that publish and rate.

## Without anything to tell
nothing-to-tell = Nothing to tell yet
nothing-to-tell-about = A narrative says in plain words what changed, who is affected, why, what the risk is and how to undo it. It is written from promotions, verdicts of the guard and the ledger.

## Tools
language = Language
paper = Paper
letter = Letter
edit = Edit
read = Read
export = Export
publish-dots = Publish…

## Forms of a narrative
pdf = PDF, with its evidence
html = HTML, one file
markdown = Markdown
slack = Slack blocks
plain = Plain text

## The column at the left. `$language` is a tag, as `de`; `$average` is a number from 1 to 5.
tellings = What can be told
to-tell = To tell
contents = Contents
published = Published
told-by-itself = Told by itself
week-of = The week of { $channel }
next-week = Next { $next } · { $language }
rated = { $readers ->
    [one] { $average } of 5 by { NUMBER($readers) } reader
   *[other] { $average } of 5 by { NUMBER($readers) } readers
}
not-rated = Not rated yet
rate = Rate it
receipt-and-stars = Receipt { $receipt } · { $stars }

## Pages
pages = Pages
gathering = Gathering the facts…
leave-reading = Leave reading

## Words, for the author
words = Words
words-about = Markdown. What you change is marked as yours; figures, tables and charts stay as they were computed.
paragraph = Paragraph { NUMBER($number) }
yours = yours
without-facts = without its facts
bring-back = Bring back what was computed

## Publishing
publish-about = A receipt is signed over its bytes and its facts, and both are kept beside the ledger: whoever gets a copy can prove that it is this one. It cannot be undone: a receipt stays.
publish-as = As
signing = Signing…
is-published = Published
receipt-says-so = Receipt { $receipt } says so.

## Rating
rate-about = The narrative of receipt { $receipt }. Who rates again changes their mind.
stars = Stars
stars-5 = 5: it said all I needed
stars-3 = 3: I had to ask
stars-1 = 1: it did not help
comment = Comment
rating-kept = Thank you: the rating is kept
rating-not-kept = The rating was not kept

## Exporting, and links of a page
no-file-chosen = No file was chosen
exported = Exported
not-exported = Nothing was exported
address-copied = The address is copied: nothing is opened outside
