//! From the files of a workspace to everything that is wrong with them. A [`Compiler`] keeps the parts it made, so that a
//! keystroke in one policy file parses neither the schema nor the entities again.

use std::sync::Arc;

use model::{Code, Problem, Severity};
use policy::{Compiled, EntityStore, FileKind, Files, PolicySet, Schema};
use rego::{Rule, Settings};

use crate::{
    Manifest, packs,
    references::{self, Authorities, Reference},
    releases::rule_problems,
    story, text,
};

/// The files of a workspace, compiled and judged.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Schema, policies and entities; its own problems are part of `problems`.
    pub compiled: Compiled,
    /// The modules, when the files are Rego. There are no Cedar policies then.
    pub rego: Option<rego::Compiled>,
    /// What `workspace.toml` says.
    pub manifest: Manifest,
    /// What may be cited.
    pub authorities: Authorities,
    /// What policies cite, and how that stands as far as files tell.
    pub references: Vec<Reference>,
    /// Everything found, by file and place: syntax, validation, entities, links, tests, the manifest, references, prepared edits; of [`check`]
    /// packs, too.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// The definitions of a set of Rego; none of one that does not compile, or of Cedar.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        let set = self.rego.as_ref().and_then(|rego| rego.set.as_deref());
        set.map_or(&[], rego::Set::rules)
    }

    /// The same at a time, in seconds since 1970: what is cited and does not hold any more is a problem, too.
    #[must_use]
    pub fn at(mut self, now: u64) -> Self {
        let expired = |reference: &Reference| {
            let later = reference.clone().at(now);
            let changed = later.amiss != reference.amiss;
            later.problem().filter(|_| changed)
        };
        let problems: Vec<_> = self.references.iter().filter_map(expired).collect();
        if !problems.is_empty() {
            self.problems.extend(problems);
            by_place(&mut self.problems);
        }
        self
    }

    /// The same with what is asked of channels and can never be met; `read` gives a file of the workspace by its path.
    #[must_use]
    pub fn with_rules(mut self, files: &Files, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        self.problems.extend(rule_problems(files, read));
        by_place(&mut self.problems);
        self
    }

    /// Problems that are more than information.
    #[must_use]
    pub fn troubles(&self) -> usize {
        self.problems
            .iter()
            .filter(|problem| is_trouble(problem))
            .count()
    }
}

/// An error or a warning.
pub(crate) fn is_trouble(problem: &Problem) -> bool {
    problem.severity != Severity::Info
}

/// Compiles and judges the files of a workspace, its scenario packs included. These are left out wherever somebody waits for
/// a compilation: who runs packs is told what is wrong with them.
#[must_use]
pub fn check(files: &Files) -> Checked {
    check_with(&mut Compiler::default(), files)
}

/// The same by a compiler that goes on afterwards.
pub(crate) fn check_with(compiler: &mut Compiler, files: &Files) -> Checked {
    let mut checked = compiler.check(files);
    checked
        .problems
        .extend(packs::problems(files, &checked.compiled));
    by_place(&mut checked.problems);
    checked
}

fn by_place(problems: &mut [Problem]) {
    problems.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.severity, &a.message)
            .cmp(&(&b.file, b.line, b.column, b.severity, &b.message))
    });
}

/// What was made of some files, and the files it was made of.
struct Part<T> {
    of: Files,
    value: T,
    problems: Vec<Problem>,
}

/// The last few versions of one part: the one in the editor, the one it is compared with, and one to spare.
struct Parts<T>(Vec<Arc<Part<T>>>);

impl<T> Default for Parts<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

const KEPT: usize = 3;

impl<T> Parts<T> {
    /// The part made of the files that are `wanted`, which is made if it is not there, perhaps after the latest one.
    fn get(
        &mut self,
        files: &Files,
        wanted: impl Fn(&str) -> bool,
        also: impl Fn(&T) -> bool,
        make: impl FnOnce(Option<&T>) -> (T, Vec<Problem>),
    ) -> Arc<Part<T>> {
        let mine = || files.iter().filter(|(path, _)| wanted(path));
        let same = |part: &Part<T>| {
            mine().count() == part.of.len()
                && mine()
                    .zip(&part.of)
                    .all(|((path, content), (old_path, old))| {
                        // Contents that did not change keep their identity, so that bytes are rarely compared.
                        path == old_path && (Arc::ptr_eq(content, old) || content == old)
                    })
                && also(&part.value)
        };
        if let Some(at) = self.0.iter().position(|part| same(part)) {
            let part = self.0.remove(at);
            self.0.push(part.clone());
            return part;
        }
        let (value, problems) = make(self.0.last().map(|part| &part.value));
        let of = mine()
            .map(|(path, content)| (path.clone(), content.clone()))
            .collect();
        let part = Arc::new(Part {
            of,
            value,
            problems,
        });
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(part.clone());
        part
    }
}

/// The entities, checked against a schema.
struct Entities {
    schema: Option<Arc<Schema>>,
    store: Arc<EntityStore>,
}

/// Modules and data, compiled as the settings say.
struct Rego {
    settings: Settings,
    compiled: rego::Compiled,
}

/// The rest: what `workspace.toml` says.
struct Accompanying {
    manifest: Manifest,
    authorities: Authorities,
}

/// Checks one version of the files after another and makes again only what changed.
#[derive(Default)]
pub struct Compiler {
    schemas: Parts<Option<Arc<Schema>>>,
    sets: Parts<Arc<PolicySet>>,
    entities: Parts<Entities>,
    tests: Parts<()>,
    rego: Parts<Rego>,
    rest: Parts<Accompanying>,
}

impl Compiler {
    /// As [`check`].
    pub fn check(&mut self, files: &Files) -> Checked {
        let of = |wanted: FileKind| move |path: &str| policy::kind(path) == Some(wanted);
        let schema = self.schemas.get(
            files,
            of(FileKind::Schema),
            |_| true,
            |_| Schema::parse(files),
        );
        let set = self.set(files);
        let same_schema =
            |entities: &Entities| same(entities.schema.as_ref(), schema.value.as_ref());
        let entities = self
            .entities
            .get(files, of(FileKind::Entities), same_schema, |_| {
                let (store, problems) = EntityStore::parse(files, schema.value.as_deref());
                (
                    Entities {
                        schema: schema.value.clone(),
                        store: Arc::new(store),
                    },
                    problems,
                )
            });
        let tests = self.tests.get(
            files,
            of(FileKind::Tests),
            |()| true,
            |_| ((), policy::read_tests(files).1),
        );
        let rest = self.rest(files);

        if is_rego(files) {
            return self.check_rego(files, &rest);
        }
        let compiled: Vec<_> = [&schema.problems, &set.problems, &entities.problems]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        let whole = Compiled {
            schema: schema.value.clone(),
            set: set.value.clone(),
            entities: entities.value.store.clone(),
            problems: compiled,
        };
        let mut problems = whole.problems.clone();
        problems.extend(tests.problems.iter().chain(&rest.problems).cloned());
        if let Some(schema) = &schema.value {
            problems.extend(policy::validate(
                &set.value,
                schema,
                rest.value.manifest.level,
            ));
        }
        if let Some(module) = module(files) {
            let message = "Rego among Cedar policies: one of the two would decide nothing here";
            problems.push(text::problem_of_file(
                Code::EngineMixed,
                Severity::Error,
                module,
                message.to_owned(),
            ));
        }
        problems.extend(rest.value.manifest.vain_separations(&set.value, files));
        problems.extend(policy::missing_entities(&set.value, &entities.value.store));
        let authorities = rest.value.authorities.clone();
        let references = authorities.references(&set.value);
        problems.extend(references.iter().filter_map(Reference::problem));
        by_place(&mut problems);
        Checked {
            compiled: whole,
            rego: None,
            manifest: rest.value.manifest.clone(),
            authorities,
            references,
            problems,
        }
    }

    /// The digest of the policies alone, which is what previews and verdicts name; none where Rego cannot be compiled.
    pub(crate) fn digest(&mut self, files: &Files) -> Option<String> {
        if !is_rego(files) {
            return Some(self.set(files).value.digest());
        }
        let rest = self.rest(files);
        let rego = self.rego(files, &rest);
        let set = rego.value.compiled.set.as_ref();
        set.map(|set| set.digest().to_owned())
    }

    fn set(&mut self, files: &Files) -> Arc<Part<Arc<PolicySet>>> {
        self.sets.get(
            files,
            decides,
            |_| true,
            |latest| {
                let (set, problems) = PolicySet::parse_after(latest.map(|set| &**set), files);
                (Arc::new(set), problems)
            },
        )
    }

    fn rest(&mut self, files: &Files) -> Arc<Part<Accompanying>> {
        self.rest.get(
            files,
            |path| policy::kind(path).is_none() || path.starts_with(references::FOLDER),
            |_| true,
            |_| {
                let (manifest, problem) = Manifest::read(files);
                let mut problems = story::read(files).1;
                problems.extend(problem);
                let (authorities, wrong) = Authorities::read(files);
                problems.extend(wrong);
                let rest = Accompanying {
                    manifest,
                    authorities,
                };
                (rest, problems)
            },
        )
    }

    /// The same for Rego. Of the parts only the settings and prepared edits mean anything to it.
    fn check_rego(&mut self, files: &Files, rest: &Part<Accompanying>) -> Checked {
        let part = self.rego(files, rest);
        let mut problems = part.problems.clone();
        problems.extend(rest.problems.iter().cloned());
        by_place(&mut problems);
        Checked {
            compiled: policy::compile(&Files::new()),
            rego: Some(part.value.compiled.clone()),
            manifest: rest.value.manifest.clone(),
            authorities: Authorities::default(),
            references: Vec::new(),
            problems,
        }
    }

    fn rego(&mut self, files: &Files, rest: &Part<Accompanying>) -> Arc<Part<Rego>> {
        let settings = &rest.value.manifest.rego;
        let wanted = |path: &str| {
            path == rego::MANIFEST || path.ends_with(".rego") || path.ends_with("data.json")
        };
        self.rego.get(
            files,
            wanted,
            |part| part.settings == *settings,
            |_| {
                let compiled = rego::compile(files, settings);
                let problems = compiled.problems.clone();
                let settings = settings.clone();
                (Rego { settings, compiled }, problems)
            },
        )
    }
}

/// Whether a file is among those that decide in Cedar.
fn decides(path: &str) -> bool {
    matches!(
        policy::kind(path),
        Some(FileKind::Policies | FileKind::Links)
    )
}

/// The first module of Rego.
fn module(files: &Files) -> Option<&String> {
    let mut paths = files.keys();
    paths.find(|path| policy::kind(path) == Some(FileKind::Rego))
}

/// Whether Rego decides: Cedar does where there is any.
fn is_rego(files: &Files) -> bool {
    module(files).is_some() && !files.keys().any(|path| decides(path))
}

fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        entries
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().into()))
            .collect()
    }

    const SCHEMA: &str = "entity User; entity Doc { open: Bool }; action view appliesTo { principal: User, resource: Doc };";
    const ENTITIES: &str =
        r#"[{"uid":{"type":"Doc","id":"d"},"attrs":{"open":true},"parents":[]}]"#;

    #[test]
    fn a_keystroke_makes_only_the_policies_again() {
        let mut compiler = Compiler::default();
        let mut files = files(&[
            ("a.cedar", "permit(principal, action, resource);"),
            ("a.cedarschema", SCHEMA),
            ("entities.json", ENTITIES),
        ]);
        let first = compiler.check(&files);
        assert_eq!(first.troubles(), 0, "{:?}", first.problems);
        files.insert(
            "a.cedar".into(),
            b"permit(principal, action, resource) when { resource.opne };"
                .as_slice()
                .into(),
        );
        let second = compiler.check(&files);
        assert!(
            second
                .problems
                .iter()
                .any(|problem| problem.code == Code::PolicyInvalid),
            "{:?}",
            second.problems
        );
        assert!(same(
            first.compiled.schema.as_ref(),
            second.compiled.schema.as_ref()
        ));
        assert!(Arc::ptr_eq(
            &first.compiled.entities,
            &second.compiled.entities
        ));
        assert!(!Arc::ptr_eq(&first.compiled.set, &second.compiled.set));
    }

    #[test]
    fn another_schema_judges_the_entities_again() {
        let mut compiler = Compiler::default();
        let mut files = files(&[("a.cedarschema", SCHEMA), ("entities.json", ENTITIES)]);
        assert_eq!(compiler.check(&files).troubles(), 0);
        files.insert(
            "a.cedarschema".into(),
            SCHEMA.replace("Bool", "Long").as_bytes().into(),
        );
        let checked = compiler.check(&files);
        assert!(
            checked
                .problems
                .iter()
                .any(|problem| problem.code == Code::EntitiesInvalid),
            "{:?}",
            checked.problems
        );
    }

    #[test]
    fn a_cached_check_is_a_fresh_one() {
        let mut compiler = Compiler::default();
        let texts = [
            "permit(principal, action, resource);",
            "permit(",
            "forbid(principal, action, resource) when { resource.x };",
        ];
        for n in 0..12 {
            let files = files(&[
                ("a.cedar", texts[n % 3]),
                ("b.cedar", texts[n % 2]),
                ("s.cedarschema", if n % 4 == 0 { "entity" } else { SCHEMA }),
                ("entities.json", if n % 5 == 0 { "[" } else { ENTITIES }),
                (
                    "workspace.toml",
                    if n % 6 == 0 { "level = " } else { "level = 1" },
                ),
            ]);
            assert_eq!(
                compiler.check(&files).problems,
                check(&files).problems,
                "{n}"
            );
        }
    }
}
