//! Lives of keys, the same wherever they are kept.

use std::fs;

use evidence::{
    ed25519::{SecretKey, Signer as _},
    hex,
};
use model::{Code, Failure};

use super::{list::LIST, secrets::file, *};

const CHEAP: Cost = Cost {
    memory: 8,
    passes: 1,
    lanes: 1,
};

fn pass(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

fn ask(text: &'static str) -> impl Fn(&Key) -> Result<Passphrase, Failure> {
    move |_| Ok(pass(text))
}

fn never(key: &Key) -> Result<Passphrase, Failure> {
    panic!("asked for the passphrase of {}", key.name)
}

fn public(signer: &SecretKey) -> String {
    hex(&signer.public().to_bytes())
}

/// The same for a vault on disk and one in memory.
fn life(vault: &Vault, keep: Keep<'_>, ask: Ask<'_>) {
    let key = vault.create("audit", keep, 5).unwrap();
    assert_eq!(vault.list().unwrap(), std::slice::from_ref(&key));
    assert_eq!(public(&vault.signer(&key, ask).unwrap()), key.public);
    assert!(matches!(
        vault.create("audit", keep, 6),
        Err(Error::Taken(_))
    ));
    for bad in ["", "a b", "../x", &"x".repeat(65)] {
        assert!(matches!(vault.create(bad, keep, 6), Err(Error::Name(_))));
    }

    let (old, new) = vault.rotate("audit", keep, 7).unwrap();
    assert_eq!(
        (old.public.as_str(), old.state, old.ended),
        (key.public.as_str(), State::Replaced, Some(7))
    );
    assert_ne!(old.public, new.public);
    assert_eq!(vault.find("audit").unwrap(), new);
    assert_eq!(vault.find(&old.public).unwrap(), old);
    for key in [&old, &new] {
        assert_eq!(public(&vault.signer(key, ask).unwrap()), key.public);
    }

    // An earlier key by its digits: the name goes on, and means one key.
    let before = vault.list().unwrap();
    let (again, newest) = vault.rotate(&old.public, keep, 8).unwrap();
    assert_eq!((&again, newest.name.as_str()), (&old, "audit"));
    assert_eq!(vault.find(&new.public).unwrap().state, State::Replaced);
    assert_eq!(vault.find("audit").unwrap(), newest);
    assert!(vault.holds(&newest).unwrap());
    vault.take_back(&newest, &before).unwrap();
    assert!(!vault.holds(&newest).unwrap());
    assert_eq!(vault.list().unwrap(), before);

    let revoked = vault.revoke(&old.public, 8).unwrap();
    assert!(!vault.holds(&revoked).unwrap());
    assert_eq!(revoked.state, State::Revoked);
    let refused = |key| vault.signer(key, ask).err().unwrap().code;
    assert_eq!(refused(&revoked), Code::KeyMissing);
    // Not even with a stale list: the secret half is gone.
    assert_eq!(refused(&old), Code::KeyMissing);
    for call in [vault.find(&old.public), vault.revoke(&old.public, 9)] {
        assert!(matches!(call, Err(Error::Revoked(_))));
    }
    assert!(vault.signer(&new, ask).is_ok());
    vault.revoke("audit", 9).unwrap();
    assert!(matches!(vault.find("audit"), Err(Error::Revoked(_))));
    assert!(matches!(vault.find("nobody"), Err(Error::Unknown(_))));
    vault.create("audit", keep, 10).unwrap();
}

#[test]
fn a_key_lives_in_memory() {
    life(&Vault::in_memory(), Keep::Memory, &never);
}

#[test]
fn a_key_lives_in_an_encrypted_file_that_is_its_owner_s_alone() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::at(&folder.path().join("keys")).with_cost(CHEAP);
    assert_eq!(vault.list().unwrap(), []);
    assert!(!folder.path().join("keys").exists());
    let phrase = pass("correct horse");
    life(&vault, Keep::File(&phrase), &ask("correct horse"));
    let key = vault.find("audit").unwrap();
    let path = file(&folder.path().join("keys"), &key.public);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    // The list is no secret, and holds none.
    let again = Vault::at(&folder.path().join("keys"));
    assert_eq!(again.find("audit").unwrap(), key);
    let wrong = again.signer(&key, &ask("incorrect horse")).err().unwrap();
    assert_eq!(wrong.code, Code::KeyLocked);
    fs::write(
        &path,
        fs::read_to_string(&path)
            .unwrap()
            .replace("argon2id 8 1 1", "argon2id 9 1 1"),
    )
    .unwrap();
    let bent = again.signer(&key, &ask("correct horse")).err().unwrap();
    assert_eq!(
        bent.message, wrong.message,
        "bent and wrong are not told apart"
    );
    assert!(matches!(
        vault.create("short", Keep::File(&pass("seven77")), 1),
        Err(Error::Short)
    ));
}

#[test]
fn a_key_comes_back_from_its_recovery_file_on_another_machine() {
    let folder = tempfile::tempdir().unwrap();
    let here = Vault::at(&folder.path().join("here")).with_cost(CHEAP);
    let there = Vault::in_memory();
    let phrase = pass("correct horse");
    let key = here.create("audit", Keep::File(&phrase), 5).unwrap();
    let path = folder.path().join("audit.key");
    let recovery = pass("battery staple");
    here.back_up(&key, &ask("correct horse"), &recovery, &path)
        .unwrap();
    let refused = there.recover("audit", &path, &phrase, Keep::Memory, 6);
    assert!(matches!(refused, Err(Error::Locked(_))));
    let back = there
        .recover("audit", &path, &recovery, Keep::Memory, 6)
        .unwrap();
    assert_eq!(back.public, key.public);
    assert_eq!(public(&there.signer(&back, &never).unwrap()), key.public);
    // What signs here is not given another name.
    let renamed = here.recover("other", &path, &recovery, Keep::File(&recovery), 9);
    assert!(matches!(renamed, Err(Error::Here(name)) if name == "audit"));
    // Its own file lost, it is the same key again; another key of that name is not overwritten.
    fs::remove_file(file(&folder.path().join("here"), &key.public)).unwrap();
    assert_eq!(
        here.signer(&key, &ask("correct horse")).err().unwrap().code,
        Code::KeyMissing
    );
    let again = here
        .recover("audit", &path, &recovery, Keep::File(&recovery), 9)
        .unwrap();
    assert_eq!(
        (again.public.as_str(), again.created),
        (key.public.as_str(), 5)
    );
    assert_eq!(here.list().unwrap().len(), 1);
    assert!(here.signer(&again, &ask("battery staple")).is_ok());
    let other = Vault::in_memory();
    other.create("audit", Keep::Memory, 1).unwrap();
    let taken = other.recover("audit", &path, &recovery, Keep::Memory, 2);
    assert!(matches!(taken, Err(Error::Taken(_))));
}

#[test]
fn a_list_that_is_none_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::at(folder.path()).with_cost(CHEAP);
    for bad in [
        "",
        "{}",
        "[{}]",
        r#"[{"name":"a","public":"00","kept":"file","state":"in_force","created":1}]"#,
    ] {
        fs::write(folder.path().join(LIST), bad).unwrap();
        assert!(matches!(vault.list(), Err(Error::List(_))), "{bad}");
        let phrase = pass("correct horse");
        assert!(vault.create("a", Keep::File(&phrase), 1).is_err());
        assert_eq!(fs::read_to_string(folder.path().join(LIST)).unwrap(), bad);
    }
}

/// Without a session bus there is no keyring, and that is said with the way out.
#[test]
#[cfg(target_os = "linux")]
fn no_keyring_is_an_error_with_the_way_out() {
    const ROLE: &str = "VAULT_TEST_NO_BUS";
    if std::env::var_os(ROLE).is_none() {
        let name = "tests::no_keyring_is_an_error_with_the_way_out";
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(ROLE, "1")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .output()
            .unwrap();
        assert!(
            child.status.success(),
            "{}",
            String::from_utf8_lossy(&child.stdout)
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::at(folder.path());
    let failure = Failure::from(vault.create("audit", Keep::Keyring, 1).unwrap_err());
    assert_eq!(failure.code, Code::KeyringMissing);
    assert!(failure.hint.contains("--file"), "{failure:?}");
    assert!(matches!(keyring(), Err(Error::NoKeyring(_))));
    assert_eq!(vault.list().unwrap(), []);
}
