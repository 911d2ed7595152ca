package clinic.authz

import data.roles

default allow := false

# Whoever treats a patient reads and writes their records.
allow if {
	input.action in {"read", "write"}
	input.subject.id in input.resource.treating
}

# The front desk sees who comes, and nothing of why.
allow if {
	input.action == "read"
	role("desk")
	input.resource.class == "appointment"
}

# In an emergency a physician reads, and says why.
allow if {
	input.action == "read"
	role("physician")
	input.context.emergency
	input.context.reason != ""
}

role(name) if name in roles[input.subject.id]
