//! From files to a set that decides. A file that does not parse keeps nobody from the problems of the others.

use std::{
    collections::{BTreeSet, HashMap},
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
};

use model::{Code, Problem, Severity, Source};
use regorus::{Engine, PolicyLengthConfig, utils::limits::ExecutionTimerConfig};
use sha2::{Digest, Sha256};

use crate::{
    Error, Evaluator, Files, LIMIT, MANIFEST, Rule, RuleKind, Settings,
    bundle::Manifest,
    data::{self, Data},
    outside, question,
    rule::{self, Piece, dotted, pieces, plain},
    text::{self, Said},
};

/// The files of a set, compiled. What could not be compiled is named in `problems`; with an error among them there is no set.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What decides.
    pub set: Option<Arc<Set>>,
    /// What was found, by file and place.
    pub problems: Vec<Problem>,
}

/// A module that parsed.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) file: String,
    pub(crate) text: String,
    v0: bool,
    pub(crate) package: Vec<String>,
}

/// Modules and data that decide together.
pub struct Set {
    engine: Engine,
    pub(crate) modules: Vec<Module>,
    pub(crate) data: Data,
    rules: Vec<Rule>,
    /// Definitions by path.
    by_path: HashMap<Vec<String>, Vec<usize>>,
    entrypoint: Result<Vec<String>, String>,
    revision: String,
    digest: String,
}

impl std::fmt::Debug for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Set({} rules, {})", self.rules.len(), self.digest)
    }
}

/// How a path is evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As the rule of exactly this path.
    Rule(String),
    /// As a document: a package, a part of a rule's value, data.
    Document(String),
    /// The set has nothing there.
    Nothing,
}

/// Compiles modules and data.
#[must_use]
pub fn compile(files: &Files, settings: &Settings) -> Compiled {
    let mut problems = Vec::new();
    let manifest = match files.get(MANIFEST).map(|content| Manifest::read(content)) {
        None => Manifest::default(),
        Some(Ok(manifest)) => manifest,
        Some(Err(error)) => {
            problems.push(text::of_file(Code::RegoData, MANIFEST, error.to_string()));
            Manifest::default()
        }
    };
    let data = data::read(files, &mut problems);
    let mut modules = modules(files, settings, &manifest, &mut problems);
    let built = loop {
        match build(&modules, &data, &[]) {
            Ok(engine) => break Some(engine),
            Err(error) => {
                let said = Said::of(&error);
                let at = said
                    .file
                    .as_ref()
                    .and_then(|file| modules.iter().position(|module| &module.file == file));
                let Some(at) = at else {
                    problems.push(text::of_file(Code::RegoInvalid, "", said.message));
                    break None;
                };
                // Without this module the others may have problems of their own to tell.
                let module = modules.remove(at);
                problems.push(said.problem(Code::RegoInvalid, &module.file, &module.text));
            }
        }
    };
    let set = built.map(|engine| Set::new(engine, modules, data, settings, &manifest));
    if let Some(set) = &set {
        problems.extend(set.calls_outside());
    }
    // What is missing may be in a module that could not be read.
    if let (Some(set), false) = (&set, broken(&problems)) {
        problems.extend(set.conflicts(&manifest));
        if let (Some(named), Err(why)) = (&settings.entrypoint, &set.entrypoint) {
            let message = format!("`{named}` cannot decide: {why}");
            problems.push(text::of_file(
                Code::RegoEntrypoint,
                "workspace.toml",
                message,
            ));
        }
    }
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    Compiled {
        set: set.filter(|_| !broken(&problems)).map(Arc::new),
        problems,
    }
}

fn broken(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// The modules that parse.
fn modules(
    files: &Files,
    settings: &Settings,
    manifest: &Manifest,
    problems: &mut Vec<Problem>,
) -> Vec<Module> {
    let mut modules = Vec::new();
    for (file, content) in files.iter().filter(|(path, _)| path.ends_with(".rego")) {
        let text = match str::from_utf8(content) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(error) => {
                let message = format!("`{file}` is not UTF-8 (byte {})", error.valid_up_to());
                problems.push(text::of_file(Code::FileEncoding, file, message));
                continue;
            }
        };
        let version = manifest.version(file).or(settings.version).unwrap_or(1);
        if version > 1 {
            let message = format!("version {version} of Rego is not known; there are 0 and 1");
            problems.push(text::of_file(Code::RegoInvalid, file, message));
            continue;
        }
        let mut module = Module {
            file: file.clone(),
            text: text.to_owned(),
            v0: version == 0,
            package: Vec::new(),
        };
        let mut engine = bare();
        match module.add_to(&mut engine, "") {
            Ok(()) => {
                let packages = engine.get_policy_package_components().unwrap_or_default();
                module.package = packages
                    .into_iter()
                    .next()
                    .map(|package| package.components)
                    .unwrap_or_default();
                // Rego writes `package authz` and means `data.authz`.
                if module.package.first().is_some_and(|first| first == "data") {
                    module.package.remove(0);
                }
                modules.push(module);
            }
            Err(error) => {
                problems.push(Said::of(&error).problem(Code::RegoSyntax, file, text));
            }
        }
    }
    modules
}

impl Manifest {
    /// The version of the language that a file is written in, when the manifest says.
    fn version(&self, file: &str) -> Option<u8> {
        let exact = |pattern: &str| pattern.trim_start_matches('/') == file;
        let versions = &self.file_rego_versions;
        let named = versions.iter().find(|(pattern, _)| exact(pattern));
        // Of patterns only a trailing `*` is known.
        let like = || {
            versions.iter().find(|(pattern, _)| {
                pattern
                    .trim_start_matches('/')
                    .strip_suffix('*')
                    .is_some_and(|start| file.starts_with(start))
            })
        };
        let named = named.or_else(like).map(|(_, version)| *version);
        named.or(self.rego_version)
    }
}

impl Module {
    /// Parses the module, with more definitions behind its own.
    fn add_to(&self, engine: &mut Engine, more: &str) -> anyhow::Result<()> {
        engine.set_rego_v0(self.v0);
        engine.add_policy(self.file.clone(), format!("{}{more}", self.text))?;
        Ok(())
    }
}

/// An engine without policies.
fn bare() -> Engine {
    let mut engine = Engine::new();
    // As OPA does: a function that fails has no value.
    engine.set_strict_builtin_errors(false);
    // What policies print is nobody's business here, and not the terminal's.
    engine.set_gather_prints(true);
    let most = |number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN);
    engine.set_policy_length_config(PolicyLengthConfig {
        max_col: NonZeroU32::new(1 << 16).unwrap_or(NonZeroU32::MIN),
        max_file_bytes: most(16 << 20),
        max_lines: most(1 << 20),
    });
    engine.set_execution_timer_config(ExecutionTimerConfig {
        limit: LIMIT,
        check_interval: NonZeroU32::new(256).unwrap_or(NonZeroU32::MIN),
    });
    engine
}

/// An engine that is ready to evaluate. `more` is added behind the modules, one text for each, or none.
pub(crate) fn build(modules: &[Module], data: &Data, more: &[String]) -> anyhow::Result<Engine> {
    let mut engine = bare();
    outside::replace(&mut engine)?;
    for (place, module) in modules.iter().enumerate() {
        module.add_to(&mut engine, more.get(place).map_or("", String::as_str))?;
    }
    let whole = serde_json::Value::Object(data.whole.clone());
    engine.add_data(regorus::Value::from_json_str(&whole.to_string())?)?;
    engine.set_input(regorus::Value::new_object());
    // The modules are analyzed with the first evaluation, whatever it asks for.
    engine.eval_query("1".to_owned(), false)?;
    Ok(engine)
}

impl Set {
    fn new(
        mut engine: Engine,
        modules: Vec<Module>,
        data: Data,
        settings: &Settings,
        manifest: &Manifest,
    ) -> Self {
        let mut rules = Vec::new();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (place, parsed) in engine.get_modules().iter().enumerate() {
            let Some(module) = modules.get(place) else {
                continue;
            };
            let mut starts: Vec<usize> = parsed
                .policy
                .iter()
                .map(|rule| rule.span().start as usize)
                .collect();
            starts.sort_unstable();
            let before = starts.first().copied().unwrap_or(module.text.len());
            let preamble = format!(
                "v{} {}",
                u8::from(!module.v0),
                plain(module.text.get(..before).unwrap_or_default())
            );
            // Regorus' own ends leave out the quote that a string ends with.
            let ends = starts.iter().skip(1).copied().chain([module.text.len()]);
            for (start, end) in starts.iter().copied().zip(ends) {
                let code = rule::code(module.text.get(start..end).unwrap_or_default());
                let range = start..start + code.len();
                let text = module.text.get(range.clone()).unwrap_or_default();
                let head = rule::head(text);
                let path: Vec<String> = module.package.iter().cloned().chain(head.names).collect();
                let name = match head.kind {
                    RuleKind::Default => format!("default {}", dotted(&path)),
                    _ => dotted(&path),
                };
                let count = counts.entry(name.clone()).or_default();
                *count += 1;
                rules.push(Rule {
                    id: if *count == 1 {
                        name
                    } else {
                        format!("{name}#{count}")
                    },
                    kind: head.kind,
                    source: text::source(&module.file, &module.text, range.clone()),
                    text: text.to_owned(),
                    digest: rule::digest(&module.package, &preamble, text),
                    path,
                    module: place,
                    head: range.start + head.range.start..range.start + head.range.end,
                    range,
                });
            }
        }
        let mut by_path: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (place, rule) in rules.iter().enumerate() {
            by_path.entry(rule.path.clone()).or_default().push(place);
        }
        let mut set = Self {
            engine,
            digest: digest(&rules, &data),
            modules,
            data,
            rules,
            by_path,
            entrypoint: Err(String::new()),
            revision: manifest.revision.clone(),
        };
        let named = settings.entrypoint.as_deref().or(manifest.entrypoint());
        set.entrypoint = set.choose_entrypoint(named);
        set
    }

    fn choose_entrypoint(&self, named: Option<&str>) -> Result<Vec<String>, String> {
        if let Some(named) = named {
            let path = question::parts(named);
            return match self.way(&path) {
                Way::Nothing => Err(format!("no rule is called `{}`", dotted(&path))),
                _ => Ok(path),
            };
        }
        let decides = |rule: &&Rule| {
            rule.kind != RuleKind::Function && rule.path.last().is_some_and(|last| last == "allow")
        };
        let found: BTreeSet<&Vec<String>> = self
            .rules
            .iter()
            .filter(decides)
            .map(|rule| &rule.path)
            .collect();
        let mut paths = found.iter();
        match (paths.next(), paths.next()) {
            (Some(one), None) => Ok((*one).clone()),
            (None, _) => {
                Err("no rule is called `allow`, and none is named that decides".to_owned())
            }
            (Some(one), Some(two)) => Err(format!(
                "both `{}` and `{}` could decide, and none is named",
                dotted(one),
                dotted(two)
            )),
        }
    }

    /// The rule that decides where nobody names one.
    ///
    /// # Errors
    /// [`Error::Entrypoint`] when there is none, or more than one that could be meant.
    pub fn entrypoint(&self) -> Result<&[String], Error> {
        match &self.entrypoint {
            Ok(path) => Ok(path),
            Err(why) => Err(Error::Entrypoint(why.clone())),
        }
    }

    /// All definitions, in the order of files and in them.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The definitions of a path.
    pub(crate) fn definitions(&self, path: &[String]) -> impl Iterator<Item = (usize, &Rule)> {
        let places = self
            .by_path
            .get(path)
            .map(Vec::as_slice)
            .unwrap_or_default();
        places
            .iter()
            .filter_map(|place| Some((*place, self.rules.get(*place)?)))
    }

    /// `sha256:…` over the definitions and the data, whatever their files and order.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What the bundle's manifest says of its version; may be empty.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// One that evaluates. Each thread has its own.
    #[must_use]
    pub fn evaluator(&self) -> Evaluator<'_> {
        Evaluator::new(self, self.engine.clone())
    }

    /// How a path is evaluated.
    pub(crate) fn way(&self, path: &[String]) -> Way {
        let written = format!("data.{}", dotted(path)).replace("data.[", "data[");
        let has =
            |kind: fn(RuleKind) -> bool| self.definitions(path).any(|(_, rule)| kind(rule.kind));
        if has(|kind| kind != RuleKind::Function) {
            return Way::Rule(written);
        }
        let part = |rule: &Rule| {
            rule.kind != RuleKind::Function
                && (rule.path.starts_with(path) || path.starts_with(&rule.path))
        };
        if !path.is_empty() && (self.rules.iter().any(part) || self.data.gives(path)) {
            Way::Document(written)
        } else {
            Way::Nothing
        }
    }

    /// The version of the language of all its modules, where that is not the usual one.
    pub(crate) fn language(&self) -> Option<u8> {
        let old = !self.modules.is_empty() && self.modules.iter().all(|module| module.v0);
        old.then_some(0)
    }

    /// Something answers to the path; the entrypoint where there is none.
    #[must_use]
    pub fn answers(&self, path: Option<&[String]>) -> bool {
        match path.map(Ok).unwrap_or_else(|| self.entrypoint()) {
            Ok(path) => self.way(path) != Way::Nothing,
            Err(_) => false,
        }
    }

    /// Modules and data outside of the roots, and rules where the data has something.
    fn conflicts(&self, manifest: &Manifest) -> Vec<Problem> {
        let mut found = Vec::new();
        if let Some(roots) = &manifest.roots {
            let roots: Vec<Vec<String>> = roots.iter().map(|root| question::parts(root)).collect();
            for module in &self.modules {
                if !roots.iter().any(|root| module.package.starts_with(root)) {
                    let message = format!(
                        "package `{}` is in none of the manifest's roots",
                        dotted(&module.package)
                    );
                    found.push(text::of_file(Code::RegoData, &module.file, message));
                }
            }
            if let Some(place) = self.data.outside(&roots) {
                let message = format!("`data.{place}` is in none of the manifest's roots");
                found.push(text::of_file(Code::RegoData, MANIFEST, message));
            }
        }
        for (path, places) in &self.by_path {
            let rule = places.first().and_then(|place| self.rules.get(*place));
            if let (true, Some(rule)) = (self.data.gives(path), rule) {
                let message = format!("`{}` is both a rule and data", dotted(path));
                let place = rule.source.clone();
                found.push(text::problem(
                    Code::RegoData,
                    Severity::Error,
                    place,
                    message,
                ));
            }
        }
        found
    }

    /// Where modules call what a replay never asks.
    fn calls_outside(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for module in &self.modules {
            let mut at = 0;
            for piece in pieces(&module.text) {
                let (code, length) = match piece {
                    Piece::Code(code) => (code, code.len()),
                    Piece::Space(other) | Piece::Comment(other) => ("", other.len()),
                };
                let start = at;
                at += length;
                if code.starts_with(['"', '`']) {
                    continue;
                }
                for (name, _) in outside::FUNCTIONS {
                    found.extend(calls(code, name).map(|inside| {
                        let place = start + inside;
                        let place =
                            text::source(&module.file, &module.text, place..place + name.len());
                        outside_problem(name, place)
                    }));
                }
            }
        }
        found
    }
}

/// Where a piece of code calls a function.
fn calls<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(name)
        .map(|(at, _)| at)
        .filter(move |at| {
            let before = code
                .get(..*at)
                .and_then(|before| before.chars().next_back());
            let after = code.get(at + name.len()..);
            !before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'))
                && after.is_some_and(|after| after.starts_with('('))
        })
}

fn outside_problem(name: &str, place: Source) -> Problem {
    let message = format!("`{name}` asks the outside, which a replay never does");
    text::problem(Code::RegoOutside, Severity::Info, place, message)
}

fn digest(rules: &[Rule], data: &Data) -> String {
    let mut digests: Vec<[u8; 32]> = rules.iter().map(|rule| rule.digest).collect();
    digests.sort_unstable();
    let mut hash = Sha256::new();
    hash.update((digests.len() as u64).to_le_bytes());
    for digest in digests {
        hash.update(digest);
    }
    // The map is sorted, so the text is that of the value.
    hash.update(serde_json::Value::Object(data.whole.clone()).to_string());
    text::sha256_name(&hash.finalize())
}
