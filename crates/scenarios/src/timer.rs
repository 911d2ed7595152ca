//! What an operating system needs to do something in a workspace by itself, as running its packs: a systemd user timer with its service,
//! a launchd agent, or a task for the Windows Task Scheduler. Paths may hold anything a file system allows: each format quotes them in
//! its own way, and what none can carry (control characters) is refused.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::Schedule;

/// Who starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// systemd, as the user.
    Systemd,
    /// launchd, as the user.
    Launchd,
    /// The Windows Task Scheduler.
    Windows,
}

/// A file to be put where the system looks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it says.
    pub content: String,
}

/// What is done again and again.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What it is called, as the first part of a file's name: `fabric-scenarios`.
    pub name: &'a str,
    /// What it does, for who reads a list of timers: `Scenario packs`.
    pub about: &'a str,
    /// The command that wrote the files.
    pub written_by: &'a str,
    /// The program (its absolute path).
    pub program: &'a str,
    /// Its arguments.
    pub arguments: &'a [&'a str],
    /// The workspace (its absolute path).
    pub workspace: &'a str,
}

impl Job<'_> {
    /// A name that no other workspace's timer has.
    #[must_use]
    pub fn unit(&self) -> String {
        let digest = Sha256::digest(self.workspace.as_bytes());
        let mut name = format!("{}-", self.name);
        for byte in digest.iter().take(4) {
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}

/// The files by which a system does a job.
///
/// # Errors
/// In words, when an argument cannot be written into such a file.
pub fn files(system: System, job: &Job<'_>, schedule: Schedule) -> Result<Vec<File>, String> {
    for text in [job.program, job.workspace].iter().chain(job.arguments) {
        if text.chars().any(char::is_control) {
            return Err(format!(
                "the path `{}` holds a control character, which no timer can carry",
                text.escape_debug()
            ));
        }
    }
    Ok(match system {
        System::Systemd => systemd(job, schedule),
        System::Launchd => vec![launchd(job, schedule)],
        System::Windows => vec![windows(job, schedule)],
    })
}

fn systemd(job: &Job<'_>, schedule: Schedule) -> Vec<File> {
    let (name, written) = (job.unit(), job.written_by);
    // Something follows it in the line: a backslash at the end would take the next line in.
    let about = format!("{} of {}", job.about, job.workspace.replace('%', "%%"));
    let (hour, minute) = schedule.time();
    let day = schedule.day().map(weekday).unwrap_or_default();
    // Variables are put in for arguments, and not for the program.
    let mut command = format!("\"{}\"", systemd_quoted(job.program));
    for argument in job.arguments {
        let _ = write!(
            command,
            " \"{}\"",
            systemd_quoted(argument).replace('$', "$$")
        );
    }
    vec![
        File {
            name: format!("{name}.service"),
            content: format!(
                "# Written by `{written}`.\n[Unit]\nDescription={about} (fabric)\n\n[Service]\nType=oneshot\nNice=10\nExecStart={command}\n"
            ),
        },
        File {
            name: format!("{name}.timer"),
            content: format!(
                "# Written by `{written}`.\n[Unit]\nDescription={about} (fabric)\n\n[Timer]\nOnCalendar={day}*-*-* {hour:02}:{minute:02}:00 UTC\n\
                 # A night the machine slept through is made up for.\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
            ),
        },
    ]
}

/// `Sun ` of `sunday`.
fn weekday(day: &str) -> String {
    let mut short: String = day.chars().take(3).collect();
    if let Some(first) = short.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    short + " "
}

/// systemd.service(5), "Command lines", and systemd.unit(5), "Specifiers".
fn systemd_quoted(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
}

fn launchd(job: &Job<'_>, schedule: Schedule) -> File {
    let (name, written) = (job.unit(), job.written_by);
    let mut words = String::new();
    for word in [job.program].iter().chain(job.arguments) {
        let _ = write!(words, "\n    <string>{}</string>", xml(word));
    }
    let (hour, minute) = schedule.time();
    let day = schedule.day().and_then(|day| {
        // Sunday is 0.
        let days = [
            "sunday",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
        ];
        days.iter().position(|name| *name == day)
    });
    let day = day.map_or(String::new(), |day| {
        format!("    <key>Weekday</key>\n    <integer>{day}</integer>\n")
    });
    let label = format!("studio.trust-fabric.{name}");
    File {
        name: format!("{label}.plist"),
        content: format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
             <!-- Written by `{written}`. launchd reads the time of day as local time. -->\n\
             <plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>{label}</string>\n  <key>ProgramArguments</key>\n  <array>{words}\n  </array>\n\
             \x20 <key>StartCalendarInterval</key>\n  <dict>\n{day}    <key>Hour</key>\n    <integer>{hour}</integer>\n    <key>Minute</key>\n    <integer>{minute}</integer>\n  </dict>\n\
             \x20 <key>ProcessType</key>\n  <string>Background</string>\n</dict>\n</plist>\n"
        ),
    }
}

fn windows(job: &Job<'_>, schedule: Schedule) -> File {
    let name = job.unit();
    let (hour, minute) = schedule.time();
    let every = match schedule.day() {
        None => "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>".to_owned(),
        Some(day) => {
            let mut day = day.to_owned();
            if let Some(first) = day.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            format!(
                "<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><{day} /></DaysOfWeek></ScheduleByWeek>"
            )
        }
    };
    let words: Vec<_> = job.arguments.iter().copied().map(windows_quoted).collect();
    let words = words.join(" ");
    File {
        name: format!("{name}.xml"),
        // No encoding is declared: the file says by its first bytes that it is UTF-16, which is what the Scheduler reads.
        content: format!(
            "<?xml version=\"1.0\"?>\r\n\
             <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n\
             \x20 <RegistrationInfo><Description>{} of {}</Description></RegistrationInfo>\r\n\
             \x20 <Triggers><CalendarTrigger><StartBoundary>2026-01-01T{hour:02}:{minute:02}:00Z</StartBoundary><Enabled>true</Enabled>{every}</CalendarTrigger></Triggers>\r\n\
             \x20 <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><StartWhenAvailable>true</StartWhenAvailable></Settings>\r\n\
             \x20 <Actions><Exec><Command>{}</Command><Arguments>{}</Arguments></Exec></Actions>\r\n</Task>\r\n",
            xml(job.about),
            xml(job.workspace),
            xml(job.program),
            xml(&words)
        ),
    }
}

/// One argument as programs on Windows take their command line apart: a backslash means itself unless a quote follows.
fn windows_quoted(argument: &str) -> String {
    let mut quoted = "\"".to_owned();
    let mut backslashes = 0;
    for c in argument.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                quoted.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        quoted.push(c);
    }
    quoted.push_str(&"\\".repeat(backslashes));
    quoted + "\""
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    const HOSTILE: &str = "/w/50% \"a\" $HOME\\ & <b>";

    fn of(
        system: System,
        program: &str,
        workspace: &str,
        schedule: Schedule,
    ) -> Result<Vec<File>, String> {
        let job = Job {
            name: "fabric-scenarios",
            about: "Scenario packs",
            written_by: "fabric scenarios schedule",
            program,
            arguments: &["scenarios", "run", "--quiet", workspace],
            workspace,
        };
        files(system, &job, schedule)
    }

    fn made(system: System, schedule: &str) -> String {
        let schedule = Schedule::parse(schedule).unwrap();
        let files = of(system, "/opt/my $x/fabric", HOSTILE, schedule).unwrap();
        files
            .iter()
            .map(|file| format!("== {}\n{}", file.name, file.content.replace('\r', "")))
            .collect()
    }

    #[test]
    fn systemd_gets_a_service_and_a_timer() {
        assert_snapshot!(made(System::Systemd, "nightly 02:30"), @r##"
        == fabric-scenarios-e5ac4daf.service
        # Written by `fabric scenarios schedule`.
        [Unit]
        Description=Scenario packs of /w/50%% "a" $HOME\ & <b> (fabric)

        [Service]
        Type=oneshot
        Nice=10
        ExecStart="/opt/my $x/fabric" "scenarios" "run" "--quiet" "/w/50%% \"a\" $$HOME\\ & <b>"
        == fabric-scenarios-e5ac4daf.timer
        # Written by `fabric scenarios schedule`.
        [Unit]
        Description=Scenario packs of /w/50%% "a" $HOME\ & <b> (fabric)

        [Timer]
        OnCalendar=*-*-* 02:30:00 UTC
        # A night the machine slept through is made up for.
        Persistent=true

        [Install]
        WantedBy=timers.target
        "##);
        assert!(
            made(System::Systemd, "sunday 02:30").contains("OnCalendar=Sun *-*-* 02:30:00 UTC\n")
        );
    }

    #[test]
    fn launchd_gets_an_agent() {
        assert_snapshot!(made(System::Launchd, "sunday 02:30"), @r##"
        == studio.trust-fabric.fabric-scenarios-e5ac4daf.plist
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <!-- Written by `fabric scenarios schedule`. launchd reads the time of day as local time. -->
        <plist version="1.0">
        <dict>
          <key>Label</key>
          <string>studio.trust-fabric.fabric-scenarios-e5ac4daf</string>
          <key>ProgramArguments</key>
          <array>
            <string>/opt/my $x/fabric</string>
            <string>scenarios</string>
            <string>run</string>
            <string>--quiet</string>
            <string>/w/50% &quot;a&quot; $HOME\ &amp; &lt;b&gt;</string>
          </array>
          <key>StartCalendarInterval</key>
          <dict>
            <key>Weekday</key>
            <integer>0</integer>
            <key>Hour</key>
            <integer>2</integer>
            <key>Minute</key>
            <integer>30</integer>
          </dict>
          <key>ProcessType</key>
          <string>Background</string>
        </dict>
        </plist>
        "##);
        assert!(!made(System::Launchd, "nightly 02:30").contains("Weekday"));
    }

    #[test]
    fn windows_gets_a_task() {
        assert_snapshot!(made(System::Windows, "sunday 02:30"), @r##"
        == fabric-scenarios-e5ac4daf.xml
        <?xml version="1.0"?>
        <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
          <RegistrationInfo><Description>Scenario packs of /w/50% &quot;a&quot; $HOME\ &amp; &lt;b&gt;</Description></RegistrationInfo>
          <Triggers><CalendarTrigger><StartBoundary>2026-01-01T02:30:00Z</StartBoundary><Enabled>true</Enabled><ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><Sunday /></DaysOfWeek></ScheduleByWeek></CalendarTrigger></Triggers>
          <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><StartWhenAvailable>true</StartWhenAvailable></Settings>
          <Actions><Exec><Command>/opt/my $x/fabric</Command><Arguments>&quot;scenarios&quot; &quot;run&quot; &quot;--quiet&quot; &quot;/w/50% \&quot;a\&quot; $HOME\ &amp; &lt;b&gt;&quot;</Arguments></Exec></Actions>
        </Task>
        "##);
        assert!(made(System::Windows, "nightly 02:30").contains("<ScheduleByDay>"));
    }

    #[test]
    fn what_no_format_can_carry_is_refused() {
        let schedule = Schedule::parse("nightly 02:30").unwrap();
        for system in [System::Systemd, System::Launchd, System::Windows] {
            for path in ["/a\nExecStart=/bin/sh", "/a\0", "/a\u{1b}"] {
                assert!(of(system, "/fabric", path, schedule).is_err(), "{path:?}");
                assert!(of(system, path, "/w", schedule).is_err(), "{path:?}");
            }
        }
        let name = |workspace| {
            let files = of(System::Systemd, "/fabric", workspace, schedule).unwrap();
            files[0].name.clone()
        };
        assert_ne!(name("/a"), name("/b"));
    }

    #[test]
    fn a_backslash_before_a_quote_is_doubled_and_no_other() {
        assert_eq!(windows_quoted(r"C:\a b\"), r#""C:\a b\\""#);
        assert_eq!(windows_quoted(r#"a\"b\c"#), r#""a\\\"b\c""#);
        assert_eq!(windows_quoted(""), r#""""#);
    }
}
