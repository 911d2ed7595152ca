//! The auditor's job where there is no network: nothing is missing, and nothing was tried.

use std::net::{TcpStream, UdpSocket};

use e2e::{Error, Traffic, at, without_network};
use serde_json::json;

use crate::evidence::{home, judged};

#[test]
fn an_auditor_without_a_network_lacks_nothing_and_the_window_opens_no_connection()
-> Result<(), Error> {
    without_network(
        "offline::an_auditor_without_a_network_lacks_nothing_and_the_window_opens_no_connection",
        || {
            let mut home = home()?;
            let bundle = home.path().join("clinic.tfb").display().to_string();
            home.answer_dialogs_with(home.path().join("trust.json"));
            let nothing = Traffic::now()?;
            at(home, "offline", &[&bundle], |stage| {
                judged(stage, "Cannot decide")?;
                // Two doors are the tests' own: the driver's, and the one by which it leads this Studio.
                let doors = Traffic::now()?;
                assert_eq!(doors.listening.len(), 2, "{doors:?}");

                stage.click("[data-test=choose-trust]")?;
                judged(stage, "Verified")?;
                let checks = "return ['V20', 'V21'].map(id => document.querySelector(`[data-check=${id}]`).dataset.state);";
                assert_eq!(
                    stage.session().run(checks, &json!([]))?,
                    json!(["holds", "holds"])
                );
                stage.click("[data-test=bundle-tab-receipts]")?;
                stage.click("[role=grid] [role=row][aria-rowindex='2']")?;
                stage.find("[data-test=path][data-holds=true]")?;
                stage.picture("offline");

                let after = Traffic::now()?;
                let own = |(one, other): &(u16, u16)| {
                    doors.listening.contains(one) || doors.listening.contains(other)
                };
                assert_eq!(after.listening, doors.listening);
                assert!(after.connected.iter().all(own), "{after:?}");
                assert_eq!(after.others, 0);
                for (name, tried) in &after.tried {
                    // Before it was there, the driver was looked for.
                    let before = match *name {
                        "Tcp.AttemptFails" => &doors,
                        _ => &nothing,
                    };
                    assert_eq!(*tried, before.tried[name], "{name}");
                }
                counts(&after)
            })
        },
    )
}

/// Whoever opens a connection is noticed, wherever it leads.
fn counts(before: &Traffic) -> Result<(), Error> {
    let datagram = |from: &str, to: &str| {
        let socket = UdpSocket::bind(from).ok()?;
        socket.send_to(b"x", to).ok()?;
        Some(socket)
    };
    for address in ["192.0.2.1:9", "[2001:db8::1]:9", "127.0.0.1:9"] {
        assert!(TcpStream::connect(address).is_err(), "{address}");
    }
    // Where the kernel speaks no IPv6, there is one.
    let open = [
        datagram("127.0.0.1:0", "127.0.0.1:9"),
        datagram("[::1]:0", "[::1]:9"),
    ];
    let after = Traffic::now()?;
    assert!(open[0].is_some());
    assert_eq!(after.others, open.iter().flatten().count());
    for (name, tried) in &after.tried {
        assert!(Some(tried) > before.tried.get(name), "{name}");
    }
    Ok(())
}
