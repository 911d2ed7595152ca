//! The server as a process: started on free ports, waited for, and ended however the bench ends.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use model::Failure;
use serde_json::json;

use super::{failed, http::Connection};
use crate::progress;

/// A large policy takes its time to compile.
const STARTING: Duration = Duration::from_secs(120);
/// Starts a program and ends it when standard input does: that happens however this process ends.
const TIED: &str = "exec 3<&0; \"$0\" \"$@\" </dev/null 3<&- & server=$!; \
                    { read -r _ <&3; kill -KILL \"$server\"; } 2>/dev/null & wait \"$server\"";

/// A server at work.
pub struct Server {
    shell: Child,
    /// Where it answers.
    pub address: SocketAddr,
    said: PathBuf,
}

impl Server {
    /// Starts it with a policy; what it needs is kept in the folder. Each call may name so many documents.
    pub fn start(
        program: &Path,
        policy: &str,
        documents: usize,
        place: &Path,
    ) -> Result<Self, Failure> {
        let [http, grpc] = free_ports()?;
        let policies = place.join("policies");
        let (settings, said) = (place.join("settings.yaml"), place.join("said.txt"));
        // YAML reads JSON.
        let text = json!({
            "server": {
                "httpListenAddr": http.to_string(),
                "grpcListenAddr": grpc.to_string(),
                "requestLimits": {"maxActionsPerResource": 50, "maxResourcesPerRequest": documents},
            },
            "storage": {"driver": "disk", "disk": {"directory": policies, "watchForChanges": false}},
            "telemetry": {"disabled": true},
        })
        .to_string();
        let log = fs::create_dir(&policies)
            .and_then(|()| fs::write(policies.join("document.yaml"), policy))
            .and_then(|()| fs::write(&settings, text))
            .and_then(|()| File::create(&said))
            .map_err(|error| failed("its files cannot be written", error))?;
        let shell = Command::new("sh")
            .args(["-c", TIED])
            .arg(program)
            .args(["server", "--log-level=error"])
            .arg(format!("--config={}", settings.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| failed("it cannot be started", error))?;
        let mut server = Self {
            shell,
            address: http,
            said,
        };
        server.wait()?;
        Ok(server)
    }

    /// Until it answers.
    fn wait(&mut self) -> Result<(), Failure> {
        let start = Instant::now();
        loop {
            let ended = self
                .shell
                .try_wait()
                .map_err(|error| failed("it cannot be watched", error))?;
            if ended.is_some()
                || start.elapsed() > STARTING
                || progress::cancelled().load(Ordering::Relaxed)
            {
                let said = fs::read_to_string(&self.said).unwrap_or_default();
                let last: String = said.lines().rev().take(3).collect::<Vec<_>>().join(" ");
                let last: String = last.chars().take(600).collect();
                return Err(failed("it did not come up", last));
            }
            let healthy = Connection::open(self.address)
                .and_then(|mut connection| connection.call("GET", "/_cerbos/health", ""));
            if healthy.is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The shell ends the server when nothing more can come from here, and then itself.
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// Ports that nobody uses at this moment.
fn free_ports() -> Result<[SocketAddr; 2], Failure> {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let both = || -> std::io::Result<[SocketAddr; 2]> {
        // Both are held until both are known, or they might be the same.
        let (one, other) = (free()?, free()?);
        Ok([one.local_addr()?, other.local_addr()?])
    };
    both().map_err(|error| failed("there is no free port", error))
}

#[cfg(all(test, unix))]
mod tests {
    use model::Code;

    use super::*;

    #[test]
    fn a_program_that_is_no_server_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        for program in ["no-such-program-anywhere", "false"] {
            let folder = tempfile::tempdir_in(place.path()).unwrap();
            let failure = Server::start(Path::new(program), "", 1, folder.path())
                .err()
                .unwrap();
            assert_eq!(failure.code, Code::BenchPeer, "{failure:?}");
        }
    }

    #[test]
    fn what_is_started_ends_with_its_standard_input() {
        let mut shell = Command::new("sh")
            .args(["-c", TIED, "sleep", "600"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        drop(shell.stdin.take());
        // 128 + 9: killed.
        assert_eq!(shell.wait().unwrap().code(), Some(137));
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
