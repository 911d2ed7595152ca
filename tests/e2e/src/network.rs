//! A machine without a network: a network namespace of its own, which holds nothing but loopback, and the kernel's own counts of
//! what was tried in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{self, Write as _},
    process::{Command, Output, Stdio},
};

use crate::{Error, studio::screen};

/// Set in the run that has no network.
const INSIDE: &str = "E2E_WITHOUT_NETWORK";
/// What that run says when it came to its end.
const PLAYED: &str = "played without a network";

/// Counts that rise with what is tried: a way out that is not there, a datagram sent to wherever, a connection that nobody took.
const TRIED: [&str; 5] = [
    "Ip.OutNoRoutes",
    "Ip6OutNoRoutes",
    "Udp.OutDatagrams",
    "Udp6OutDatagrams",
    "Tcp.AttemptFails",
];

/// Runs the test of this name once more where there is no network, and there `test`. A system that makes no such place for its users
/// is told of on standard error, past whoever captures what tests print.
///
/// # Errors
/// The test's.
pub fn without_network(name: &str, test: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    if env::var_os(INSIDE).is_some() {
        test()?;
        println!("\n{PLAYED}");
        return Ok(());
    }
    let _alone = screen();
    let probe = apart("ip link set lo up")?;
    if !probe.status.success() {
        let why = String::from_utf8_lossy(&probe.stderr);
        let told = format!("NOT TESTED: {name}: this system makes no network namespace: {why}\n");
        let _ = io::stderr().write_all(told.as_bytes());
        return Ok(());
    }
    // The bus outside may be at an address that names a network namespace, so there is one inside.
    let again = format!(
        "ip link set lo up; {INSIDE}=1 exec dbus-run-session -- \"$0\" --exact {name} --nocapture"
    );
    let output = apart(&again)?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && said.contains(PLAYED) {
        return Ok(());
    }
    let complained = String::from_utf8_lossy(&output.stderr);
    Err(Error::Driver(format!(
        "`{name}` without a network:\n{said}{complained}"
    )))
}

/// Runs a script in a network namespace of its own. This program is its `$0`.
fn apart(script: &str) -> Result<Output, Error> {
    let failed = |error| Error::System("unshare".into(), error);
    Command::new("unshare")
        .args(["--map-root-user", "--net", "sh", "-ec", script])
        .arg(env::current_exe().map_err(failed)?)
        .stdin(Stdio::null())
        .output()
        .map_err(failed)
}

/// What was done so far in this network namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// How often something was tried, by the kernel's name for it.
    pub tried: BTreeMap<&'static str, u64>,
    /// Ports that somebody listens on.
    pub listening: BTreeSet<u16>,
    /// Ends of connections as they stand, each by its two ports.
    pub connected: BTreeSet<(u16, u16)>,
    /// Sockets for datagrams and raw packets.
    pub others: usize,
}

impl Traffic {
    /// As it is now.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn now() -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        let snmp = table("snmp")?;
        let lines: Vec<_> = snmp.lines().collect();
        // Names stand in one line, their numbers in the next.
        for pair in lines.chunks(2) {
            let [names, numbers] = pair else { continue };
            let words = names.split_whitespace().zip(numbers.split_whitespace());
            let mut words = words.map(|(name, number)| (name.trim_end_matches(':'), number));
            let Some((group, _)) = words.next() else {
                continue;
            };
            all.extend(words.map(|(name, number)| (format!("{group}.{name}"), number.to_owned())));
        }
        for line in table("snmp6")?.lines() {
            if let Some((name, number)) = line.split_once(char::is_whitespace) {
                all.insert(name.to_owned(), number.trim().to_owned());
            }
        }
        let number = |name: &'static str| Some((name, all.get(name)?.parse().ok()?));
        let mut listening = BTreeSet::new();
        let mut connected = BTreeSet::new();
        for (own, other, state) in sockets(&["tcp", "tcp6"])? {
            match state.as_str() {
                "0A" => drop(listening.insert(own)),
                _ => drop(connected.insert((own, other))),
            }
        }
        Ok(Self {
            tried: TRIED.into_iter().filter_map(number).collect(),
            listening,
            connected,
            others: sockets(&["udp", "udp6", "udplite", "udplite6", "raw", "raw6"])?.len(),
        })
    }
}

/// A table of this namespace; an empty one for a protocol that the kernel does not speak.
fn table(name: &str) -> Result<String, Error> {
    let path = format!("/proc/self/net/{name}");
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| Error::System(path, error)),
    }
}

/// Both ports and the state of each socket in these tables, as proc(5) writes them.
fn sockets(tables: &[&str]) -> Result<Vec<(u16, u16, String)>, Error> {
    let port = |address: &str| u16::from_str_radix(address.rsplit_once(':')?.1, 16).ok();
    let socket = |line: &str| {
        let mut words = line.split_whitespace().skip(1);
        let ports = (port(words.next()?)?, port(words.next()?)?);
        Some((ports.0, ports.1, words.next()?.to_owned()))
    };
    let mut found = Vec::new();
    for name in tables {
        for line in table(name)?.lines().skip(1) {
            let unclear = || Error::Missing(format!("a socket in `{line}`"));
            found.push(socket(line).ok_or_else(unclear)?);
        }
    }
    Ok(found)
}
