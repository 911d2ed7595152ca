//! How deep a text nests, told before it is parsed: the engine's parser, and everything that walks its trees, goes down
//! into them, and a stack that runs out ends the program.

/// Policies and schemas may nest so deep: the stack that a text takes, in links of a chain of `&&`. That is 62 brackets within
/// brackets, or 500 `+`, `.` or `else if` on top of another, or 4,000 `&&`: far beyond what anybody writes, and half of what
/// the smallest stack of a thread that reads policies can take.
const DEEPEST: usize = 4_000;
/// The engine's parser goes down through every kind of operator for each bracket.
const BRACKET: usize = 64;
/// Any operator but those of a chain, and a chain of conditions.
const OPERATOR: usize = 8;

/// What stands between two brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    /// `&&` and `||`, each of which has all of its like below it.
    chain: usize,
    /// Operators since, and the most there were between two of `chain`.
    operators: usize,
    most_operators: usize,
    /// The deepest brackets in it.
    inside: usize,
    /// The deepest of what commas and semicolons ended.
    ended: usize,
}

impl Level {
    fn link(&mut self) {
        self.chain += 1;
        self.most_operators = self.most_operators.max(self.operators);
        self.operators = 0;
    }

    fn depth(&self) -> usize {
        let operators = OPERATOR * self.most_operators.max(self.operators);
        let open = self.chain + operators + self.inside;
        open.max(self.ended)
    }

    fn end(&mut self) {
        *self = Self {
            ended: self.depth(),
            ..Self::default()
        };
    }
}

/// Where a text of policies, or of a schema, nests too deep to be read: a byte of it. Counts rather too much than too
/// little, and takes what is no such text as it comes.
pub(crate) fn too_deep(source: &str) -> Option<usize> {
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level::default();
    let mut bytes = source.bytes().enumerate().peekable();
    let mut before = b' ';
    while let Some((at, byte)) = bytes.next() {
        let next = bytes.peek().map(|(_, next)| *next);
        match byte {
            b'"' => {
                while let Some((_, byte)) = bytes.next().filter(|(_, byte)| *byte != b'"') {
                    if byte == b'\\' {
                        bytes.next();
                    }
                }
            }
            b'/' if next == Some(b'/') => {
                while bytes.next_if(|(_, byte)| *byte != b'\n').is_some() {}
            }
            b'(' | b'[' | b'{' => {
                // `a["b"]` is one more upon `a`.
                level.operators += usize::from(byte == b'[');
                outer.push(level);
                level = Level::default();
            }
            b')' | b']' | b'}' => {
                let inside = level.depth() + BRACKET;
                level = outer.pop().unwrap_or_default();
                level.inside = level.inside.max(inside);
            }
            b',' => level.end(),
            b';' => {
                level.end();
                if outer.is_empty() {
                    level = Level::default();
                }
            }
            b'&' | b'|' if next == Some(byte) => {
                bytes.next();
                level.link();
            }
            b'!' | b'-' | b'+' | b'*' | b'.' | b'<' | b'>' | b'=' => level.operators += 1,
            b'i' if next == Some(b'f') && !word(before) => level.operators += 1,
            _ => {}
        }
        if level.depth().max(BRACKET * outer.len()) > DEEPEST {
            return Some(at);
        }
        before = byte;
    }
    None
}

fn word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(condition: &str) -> String {
        format!("permit (principal, action, resource) when {{ {condition} }};")
    }

    #[test]
    fn each_way_down_is_seen() {
        let (brackets, operators) = (DEEPEST / BRACKET + 1, DEEPEST / OPERATOR + 1);
        let inside = |open: &str, close: &str| {
            format!("{}1{} == 1", open.repeat(brackets), close.repeat(brackets))
        };
        let ways = [
            inside("(", ")"),
            inside("[", "]"),
            inside("{a: ", "}"),
            inside("context.a(", ")"),
            format!("{}true", "!".repeat(operators)),
            format!("{}1 == 1", "-".repeat(operators)),
            vec!["1"; operators + 1].join(" + "),
            format!("context{}", ".a".repeat(operators)),
            format!("context{}", "[\"a\"]".repeat(operators)),
            format!("{}true", "if true then true else ".repeat(operators)),
            vec!["true"; DEEPEST + 2].join(" && "),
            vec!["true"; DEEPEST + 2].join("||"),
            // Each first operand holds the next: no place of it looks deep before it is closed.
            (0..brackets / 2).fold("true".to_owned(), |inner, _| {
                format!("({inner}){}", " && true".repeat(BRACKET + 4))
            }),
        ];
        for way in &ways {
            assert!(too_deep(&policy(way)).is_some(), "{way}");
        }
    }

    #[test]
    fn what_is_wide_is_not_deep() {
        let n = DEEPEST;
        let wide = [
            format!(
                "[{}].contains(principal)",
                vec!["A::\"a.b.c\""; n].join(",")
            ),
            format!("principal in [{}]", vec!["A::\"((((\""; n].join(", ")),
            vec!["principal.a.b.c == resource.d"; 1_000].join(" && "),
            format!("true // {}\n", "(".repeat(n)),
            format!("context.a == \"{}\\\"((\"", "!".repeat(n)),
        ];
        for wide in &wide {
            assert_eq!(too_deep(&policy(wide)), None, "{wide}");
        }
        assert_eq!(too_deep(&policy("a.b && !c").repeat(n)), None);
    }
}
