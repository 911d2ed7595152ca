//! The words of the language, with what they mean.

/// A word, operator, function or method.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) signature: &'static str,
    pub(super) text: &'static str,
}

const fn entry(name: &'static str, signature: &'static str, text: &'static str) -> Entry {
    Entry {
        name,
        signature,
        text,
    }
}

/// What an operator or method can stand behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Any,
    Bool,
    Long,
    String,
    Entity,
    Action,
    Set,
    Record,
    Tagged,
    Address,
    Decimal,
    Datetime,
    Duration,
}

/// What `@id` is for.
pub(super) const ID: &str =
    "The policy's name. It stays when the policy moves, and reports and logs use it.";

pub(super) const KEYWORDS: &[Entry] = &[
    entry(
        "permit",
        "permit (principal, action, resource) …;",
        "A policy that grants. A request is allowed when at least one permit applies and no forbid does.",
    ),
    entry(
        "forbid",
        "forbid (principal, action, resource) …;",
        "A policy that refuses. One forbid that applies overrules every permit; a forbid that cannot be evaluated is skipped.",
    ),
    entry(
        "when",
        "when { condition }",
        "The policy applies only if the condition holds.",
    ),
    entry(
        "unless",
        "unless { condition }",
        "The policy applies only if the condition does not hold.",
    ),
    entry(
        "if",
        "if condition then value else value",
        "Chooses between two values. Only the one that is chosen is evaluated.",
    ),
    entry(
        "then",
        "if condition then value else value",
        "The value if the condition holds.",
    ),
    entry(
        "else",
        "if condition then value else value",
        "The value if the condition does not hold.",
    ),
    entry("true", "Bool", "Always holds."),
    entry("false", "Bool", "Never holds."),
];

pub(super) const VARIABLES: &[Entry] = &[
    entry("principal", "", "Who asks."),
    entry("action", "", "What they want to do."),
    entry("resource", "", "What they want to do it to."),
    entry(
        "context",
        "",
        "Facts about this request: the session, the device, the time.",
    ),
];

pub(super) const SLOTS: &[Entry] = &[
    entry(
        "?principal",
        "slot",
        "Filled in by each link of this template.",
    ),
    entry(
        "?resource",
        "slot",
        "Filled in by each link of this template.",
    ),
];

pub(super) const OPERATORS: &[(On, Entry)] = &[
    (
        On::Any,
        entry(
            "==",
            "a == b → Bool",
            "The two are equal. Entities are equal when type and id are.",
        ),
    ),
    (On::Any, entry("!=", "a != b → Bool", "The two differ.")),
    (
        On::Bool,
        entry(
            "&&",
            "a && b → Bool",
            "Both hold. The right side is not evaluated when the left one does not hold.",
        ),
    ),
    (
        On::Bool,
        entry(
            "||",
            "a || b → Bool",
            "At least one holds. The right side is not evaluated when the left one holds.",
        ),
    ),
    (
        On::Entity,
        entry(
            "in",
            "entity in entity → Bool",
            "The entity is the other one or belongs to it, through any number of parents. On the right there may be a set of entities.",
        ),
    ),
    (
        On::Entity,
        entry(
            "is",
            "entity is Type → Bool",
            "The entity has this type. `is Type in entity` asks for both.",
        ),
    ),
    (
        On::Entity,
        entry(
            "has",
            "entity has attribute → Bool",
            "The attribute is set. Ask before reading an optional attribute; a path such as `has a.b` asks for each step.",
        ),
    ),
    (
        On::Record,
        entry(
            "has",
            "record has attribute → Bool",
            "The attribute is set. Ask before reading an optional attribute; a path such as `has a.b` asks for each step.",
        ),
    ),
    (
        On::String,
        entry(
            "like",
            "text like \"pattern\" → Bool",
            "The text matches the pattern, in which * stands for any characters and \\* for an asterisk.",
        ),
    ),
    (
        On::Long,
        entry("<", "a < b → Bool", "The left number or time is smaller."),
    ),
    (
        On::Long,
        entry(
            "<=",
            "a <= b → Bool",
            "The left number or time is smaller or equal.",
        ),
    ),
    (
        On::Long,
        entry(">", "a > b → Bool", "The left number or time is greater."),
    ),
    (
        On::Long,
        entry(
            ">=",
            "a >= b → Bool",
            "The left number or time is greater or equal.",
        ),
    ),
    (
        On::Long,
        entry(
            "+",
            "a + b → Long",
            "The sum. An overflow is an evaluation error.",
        ),
    ),
    (
        On::Long,
        entry(
            "-",
            "a - b → Long",
            "The difference. An overflow is an evaluation error.",
        ),
    ),
    (
        On::Long,
        entry(
            "*",
            "a * b → Long",
            "The product. An overflow is an evaluation error.",
        ),
    ),
    (
        On::Bool,
        entry("!", "!a → Bool", "Holds when the condition does not."),
    ),
];

pub(super) const FUNCTIONS: &[Entry] = &[
    entry(
        "ip",
        "ip(text) → ipaddr",
        "An IPv4 or IPv6 address, or a range such as \"10.0.0.0/8\".",
    ),
    entry(
        "decimal",
        "decimal(text) → decimal",
        "A number with up to four digits behind the point, such as \"12.50\".",
    ),
    entry(
        "datetime",
        "datetime(text) → datetime",
        "A date or a moment, such as \"2026-11-03\" or \"2026-11-03T10:15:00Z\".",
    ),
    entry(
        "duration",
        "duration(text) → duration",
        "A span of time, such as \"1d12h\" or \"-30m\".",
    ),
];

pub(super) const METHODS: &[(On, Entry)] = &[
    (
        On::Set,
        entry(
            "contains",
            ".contains(element) → Bool",
            "The set has this element.",
        ),
    ),
    (
        On::Set,
        entry(
            "containsAll",
            ".containsAll(set) → Bool",
            "The set has every element of the other set.",
        ),
    ),
    (
        On::Set,
        entry(
            "containsAny",
            ".containsAny(set) → Bool",
            "The sets have at least one element in common.",
        ),
    ),
    (
        On::Set,
        entry("isEmpty", ".isEmpty() → Bool", "The set has no elements."),
    ),
    (
        On::Tagged,
        entry(
            "hasTag",
            ".hasTag(text) → Bool",
            "The entity has a tag of this name.",
        ),
    ),
    (
        On::Tagged,
        entry(
            "getTag",
            ".getTag(text) → value",
            "The tag's value. Ask with hasTag first; a missing tag is an evaluation error.",
        ),
    ),
    (
        On::Address,
        entry(
            "isInRange",
            ".isInRange(ipaddr) → Bool",
            "The address lies in the range.",
        ),
    ),
    (
        On::Address,
        entry("isIpv4", ".isIpv4() → Bool", "It is an IPv4 address."),
    ),
    (
        On::Address,
        entry("isIpv6", ".isIpv6() → Bool", "It is an IPv6 address."),
    ),
    (
        On::Address,
        entry(
            "isLoopback",
            ".isLoopback() → Bool",
            "It is an address of the machine itself.",
        ),
    ),
    (
        On::Address,
        entry(
            "isMulticast",
            ".isMulticast() → Bool",
            "It is a multicast address.",
        ),
    ),
    (
        On::Decimal,
        entry("lessThan", ".lessThan(decimal) → Bool", "It is smaller."),
    ),
    (
        On::Decimal,
        entry(
            "lessThanOrEqual",
            ".lessThanOrEqual(decimal) → Bool",
            "It is smaller or equal.",
        ),
    ),
    (
        On::Decimal,
        entry(
            "greaterThan",
            ".greaterThan(decimal) → Bool",
            "It is greater.",
        ),
    ),
    (
        On::Decimal,
        entry(
            "greaterThanOrEqual",
            ".greaterThanOrEqual(decimal) → Bool",
            "It is greater or equal.",
        ),
    ),
    (
        On::Datetime,
        entry(
            "offset",
            ".offset(duration) → datetime",
            "The moment so much later, or earlier when the duration is negative.",
        ),
    ),
    (
        On::Datetime,
        entry(
            "durationSince",
            ".durationSince(datetime) → duration",
            "The time since the other moment.",
        ),
    ),
    (
        On::Datetime,
        entry(
            "toDate",
            ".toDate() → datetime",
            "Midnight (UTC) of the same day.",
        ),
    ),
    (
        On::Datetime,
        entry(
            "toTime",
            ".toTime() → duration",
            "The time since midnight (UTC).",
        ),
    ),
    (
        On::Duration,
        entry(
            "toMilliseconds",
            ".toMilliseconds() → Long",
            "The duration in milliseconds.",
        ),
    ),
    (
        On::Duration,
        entry(
            "toSeconds",
            ".toSeconds() → Long",
            "The duration in whole seconds.",
        ),
    ),
    (
        On::Duration,
        entry(
            "toMinutes",
            ".toMinutes() → Long",
            "The duration in whole minutes.",
        ),
    ),
    (
        On::Duration,
        entry(
            "toHours",
            ".toHours() → Long",
            "The duration in whole hours.",
        ),
    ),
    (
        On::Duration,
        entry("toDays", ".toDays() → Long", "The duration in whole days."),
    ),
];

/// Whole policies to fill in.
pub(super) const SNIPPETS: &[Entry] = &[
    entry(
        "permit …",
        "@id(\"${name}\")\npermit (\n  principal is ${Type},\n  action == ${Action},\n  resource is ${Type}\n)\nwhen { ${condition} };\n",
        "A policy that grants.",
    ),
    entry(
        "forbid …",
        "@id(\"${name}\")\nforbid (\n  principal,\n  action,\n  resource is ${Type}\n)\nwhen { ${condition} };\n",
        "A policy that refuses.",
    ),
    entry(
        "forbid … unless",
        "@id(\"${name}\")\nforbid (\n  principal,\n  action,\n  resource is ${Type}\n)\nunless { ${condition} };\n",
        "A policy that refuses with an exception.",
    ),
    entry(
        "template …",
        "@id(\"${name}\")\npermit (\n  principal == ?principal,\n  action == ${Action},\n  resource == ?resource\n);\n",
        "A policy with slots; each link fills them in.",
    ),
];

/// The meaning of a word that is not a name.
pub(super) fn meaning(word: &str) -> Option<&'static Entry> {
    let operators = OPERATORS.iter().map(|(_, entry)| entry);
    KEYWORDS
        .iter()
        .chain(VARIABLES)
        .chain(SLOTS)
        .chain(operators)
        .find(|entry| entry.name == word)
}

/// A method by its name.
pub(super) fn method(name: &str) -> Option<&'static Entry> {
    METHODS
        .iter()
        .map(|(_, entry)| entry)
        .find(|entry| entry.name == name)
}

/// A function by its name.
pub(super) fn function(name: &str) -> Option<&'static Entry> {
    FUNCTIONS.iter().find(|entry| entry.name == name)
}
