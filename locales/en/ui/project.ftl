### The dialog that takes over a project of Cedar or OPA.

about = Choose a folder or an archive with Cedar policies, or an OPA bundle. It is only looked at until you say what to do.
looking = Looking at what is in it…
choose-folder = Choose folder…
choose-archive = Choose archive…
found = Found in { $name }
policies = { $holds ->
    [one] One policy
   *[other] { NUMBER($holds) } policies
} in { $files ->
    [one] one file
   *[other] { NUMBER($files) } files
}
modules = { $holds ->
    [one] One rule
   *[other] { NUMBER($holds) } rules
} in { $files ->
    [one] one Rego module
   *[other] { NUMBER($files) } Rego modules
}
entities = { $holds ->
    [one] One entity
   *[other] { NUMBER($holds) } entities
} in { $files ->
    [one] one file
   *[other] { NUMBER($files) } files
}
schema = { $files ->
    [one] A schema
   *[other] A schema in { NUMBER($files) } files
}
data = { $files ->
    [one] One file of data
   *[other] { NUMBER($files) } files of data
}
links = { $files ->
    [one] One file of template links
   *[other] { NUMBER($files) } files of template links
}
tests = { $files ->
    [one] One file of tests
   *[other] { NUMBER($files) } files of tests
}
logs = Import the decisions recorded in { $files } afterwards
problems = { $count ->
    [one] One error is in it: { $file }: { $message }
   *[other] { NUMBER($count) } errors are in it, the first in { $file }: { $message }
}
kept = { $count ->
    [one] The open workspace has one of these files with other content; it keeps its own: { $files }
   *[other] The open workspace has { NUMBER($count) } of these files with other content; it keeps its own: { $files }
}
left = { $count ->
    [one] One file is left out
   *[other] { NUMBER($count) } files are left out
}
others = { $count ->
    [one] One more file is no part of a policy project.
   *[other] { NUMBER($count) } more files are no part of a policy project.
}
extend = { $count ->
    [0] Nothing new for the open workspace
    [one] Add one file to the open workspace
   *[other] Add { NUMBER($count) } files to the open workspace
}
make = Make a workspace…
