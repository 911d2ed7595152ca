### Settings.

title = Settings
look = Look
theme = Theme
theme-about = System follows the machine, its wish for contrast included.
theme-system = System
theme-light = Light
theme-dark = Dark
theme-contrast = High contrast
density = Density
density-about = Height of rows, and of lines in the editor.
density-comfortable = Comfortable
density-compact = Compact
language = Language
language-about = Takes effect at once. What a workspace says itself stays as it was written.
language-system = System
# The name that the language gives itself, the same in every file.
language-de = Deutsch
language-en = English
language-fr = Français
editing = Editing
format-on-save = Format policy files when they are saved
format-on-save-about = One undo step. Text that does not parse is saved as it stands.
notify = Tell me when long work ends while I am elsewhere
notify-about = By the system's notifications, and only when this window is not in front and it took longer than ten seconds.
data = Data
data-workspace = Workspace
data-own = The Studio's own data
data-log = Decision log
data-log-facts = { NUMBER($requests) } distinct requests, { NUMBER($slices) } entity slices, { $bytes } on disk.
data-log-origin = From { $origin }.
copy-path = Copy path
path-copied = Path copied
help = Help and trouble
count-help = Count which help I open
count-help-about = On this machine and for you alone: which article, how often, and the last day. Nothing is sent.
counts-none = Nothing was counted yet.
counts-kept = Nothing more is counted. What was counted is kept until you clear it.
counts-csv = Export as CSV…
counts-json = Export as JSON…
counts-clear = Clear
opened = { $count ->
    [one] opened { NUMBER($count) } time
   *[other] opened { NUMBER($count) } times
}
trouble = When something is wrong
trouble-about = Gathers versions, counts and log lines without secrets and names, shows them, and saves them as a file.
about = About
about-engine = Policy engine
about-licences = Licences
licences = Studio: Apache-2.0. Inter and JetBrains Mono: OFL. Lucide icons: ISC.
